import { parseArgs } from 'node:util'

export const help = `Draws the dashboards as they look now, from a running Prometheus, as pictures for the documentation.

  npx -y pnpm@12 dashboards:draw                    the last 15 minutes, into docs/pictures

  --prometheus URL   where it listens (http://localhost:9090, as compose has it)
  --minutes N        how much time the pictures show (15)
  --until TIME       where that ends, 2026-11-22T15:04:05Z for example (now)
  --out FOLDER       where the pictures go (docs/pictures)
  -h, --help

Exit codes: 0 drawn · 1 Prometheus does not answer · 2 used wrongly.`

/** Used wrongly: one line that says how. */
export class Misuse extends Error {}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  prometheus: { type: 'string', default: 'http://localhost:9090' },
  minutes: { type: 'string', default: '15' },
  until: { type: 'string' },
  out: { type: 'string', default: 'docs/pictures' },
} as const

/** What is to be drawn, times in seconds; `help` where it is asked for. */
export function readArguments(args: readonly string[], now = Date.now()) {
  const { help: helpWanted, prometheus, out, ...values } = parsed(args)
  if (helpWanted) return 'help' as const
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new Misuse(`--minutes must be a number above 0, not "${values.minutes}"`)
  const until = values.until === undefined ? now : Date.parse(values.until)
  if (Number.isNaN(until)) throw new Misuse(`--until must be a time, 2026-11-22T15:04:05Z for example, not "${values.until}"`)
  if (!URL.canParse(prometheus)) throw new Misuse(`--prometheus must be a URL, not "${prometheus}"`)
  return { prometheus, out, minutes, until: Math.floor(until / 1000) }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new Misuse(`${(error as Error).message.split('. ')[0]}: see dashboards:draw --help`)
  }
}
