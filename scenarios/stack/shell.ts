import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { type CheckTargets, serviceNames } from '@quadrille/testing'
import type { Processes, ProcessName } from './processes.ts'

/** What a line printed, and how it ended. */
export interface Printed {
  readonly exit: number | string | null | undefined
  readonly out: string
  readonly err: string
}

/** What whoever types a line from a page puts into it. */
export interface OwnWords {
  /** `$ORDER` */
  readonly order?: string
  /** Instead of the page's examples, such as `payments/7`. */
  readonly instead?: Readonly<Record<string, string>>
}

/** Types a line as it stands in a runbook. */
export type Shell = (line: string, own?: OwnWords) => Promise<Printed>

const main = resolve(import.meta.dirname, '../../tools/ops/src/main.ts')
const ports = { orders: 3001, payments: 3002, loyalty: 3003, email: 3004, warehouse: 3005, psp: 3010, mail: 8025 }

/** The same words reach the `ops` of this repository, and a port of the demo whoever listens there in this world. */
const PRELUDE = `
ops() { "$NODE" "$OPS" "$@"; }
npx() { shift 2; "$@"; }
curl() { command curl $THERE "$@"; }
`

/** A real shell, with what an operator has exported. */
export function createShell(
  urls: Readonly<Record<ProcessName, string>>,
  { brokers }: Pick<CheckTargets, 'brokers'>,
  opsToken: string,
): Shell {
  const there = Object.entries(ports).map(([name, port]) => `--connect-to localhost:${port}:${new URL(urls[name as ProcessName]).host}`)
  const env = {
    ...{ PATH: process.env.PATH, NODE: process.execPath, OPS: main, THERE: there.join(' ') },
    ...{ OPERATOR: 'ada', OPS_TOKEN: opsToken, KAFKA_BROKERS: brokers.join(), CONSOLE_URL: 'http://127.0.0.1:1' },
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, urls[name]])),
  }
  return (line, { order = '', instead = {} } = {}) =>
    new Promise((told) => {
      const options = { env: { ...env, ORDER: order }, timeout: 60_000 }
      const script = PRELUDE + worded(line, instead)
      execFile('sh', ['-c', script], options, (error, out, err) => told({ exit: error ? error.code : 0, out, err }))
    })
}

function worded(line: string, instead: Readonly<Record<string, string>>): string {
  return Object.entries(instead).reduce((text, [example, own]) => {
    if (!text.includes(example)) throw new Error(`"${example}" is not in: ${text}`)
    return text.replaceAll(example, own)
  }, line)
}

/** `docker compose up -d payments`: no Docker here, but the same processes. */
export async function composeUp({ start }: Pick<Processes, 'start'>, line: string, instead: Readonly<Record<string, string>> = {}) {
  const [, names] = /^docker compose up -d ((?:\w+ ?)+)$/.exec(worded(line, instead)) ?? []
  if (!names) throw new Error(`it starts nothing: ${line}`)
  for (const name of names.split(' ')) await start(name as ProcessName)
}
