import { parseArgs } from 'node:util'
import { type Addresses, type Env, readAddresses } from './addresses.ts'
import { createClient } from './client.ts'
import type { Answer, Command, KafkaAdmin, Ops } from './command.ts'
import { commands } from './commands/index.ts'
import { EXIT, type ExitCode, misuse, OpsError } from './exit.ts'
import { everywhere, helpOf, overview } from './help.ts'
import { createProgress, type Out } from './progress.ts'
import { escaped } from './strangers.ts'
import { findToken } from './token.ts'
import { colored, plain } from './words.ts'

/** What the command line touches outside. */
export interface World {
  readonly env: Env
  /** Answers go here; progress and complaints go to `err`. */
  readonly out: Out
  readonly err: Out
  readonly signal: AbortSignal
  readonly login: string
  readonly fetch: typeof fetch
  readonly connectKafka: (brokers: Addresses['brokers']) => Promise<KafkaAdmin>
  readonly now: () => number
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Runs one command; gives the exit code. */
export async function ops(args: readonly string[], world: World): Promise<ExitCode> {
  try {
    return await run(args, world)
  } catch (error) {
    if (world.signal.aborted && !(error instanceof OpsError)) return EXIT.interrupted
    if (!(error instanceof OpsError)) throw error
    world.err.write(`${error.message}\n`)
    return error.exit
  }
}

async function run(args: readonly string[], world: World): Promise<ExitCode> {
  const found = find(args)
  if (!found) return unknown(args, world)
  const { command, rest } = found
  const { values, positionals } = parsed(rest, command)
  if (values.help) return say(world, helpOf(command))
  const { least, most, shown } = command.words ?? { least: 0, most: 0, shown: '' }
  if (positionals.length < least) throw misuse(`ops ${command.name} needs ${shown}: see ops ${command.name} --help`)
  if (positionals.length > most) throw misuse(`"${positionals[most]}" is too much: see ops ${command.name} --help`)
  const { means, close } = meansOf(world, values.json === true)
  try {
    return tell(await command.run({ words: positionals, values: values as never }, means), values.json === true, world)
  } finally {
    await close()
  }
}

/** The longest name that the arguments begin with; `dlq` alone lists, as `tasks` does. */
function find(args: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  const [first = '', second = ''] = args
  const named = (name: string) => commands.find((command) => command.name === name)
  const two = named(`${first} ${second}`)
  if (two) return { command: two, rest: args.slice(2) }
  const one = named(first) ?? (second === '' || second.startsWith('-') ? named(`${first} ls`) : undefined)
  return one && { command: one, rest: args.slice(1) }
}

/** Help for all, or for a group of commands. */
function unknown(args: readonly string[], world: World): ExitCode {
  const name = args.filter((word) => !word.startsWith('-')).join(' ')
  const group = commands.filter((command) => name !== '' && command.name.startsWith(`${name.split(' ')[0]} `))
  if (name === '' || args.includes('--help') || args.includes('-h')) return say(world, overview(group.length > 0 ? group : commands))
  const known = (group.length > 0 ? group : commands).map((command) => command.name).join(', ')
  throw misuse(`there is no command "${name}": use ${known}`)
}

function parsed(args: readonly string[], { name, options }: Command) {
  try {
    const given = { ...options, ...everywhere } as Record<string, { type: 'string' | 'boolean'; short?: string }>
    const bare = Object.entries(given).map(([option, { type, short }]) => [option, { type, ...(short && { short }) }] as const)
    return parseArgs({ args: [...args], options: Object.fromEntries(bare), allowPositionals: true })
  } catch (error) {
    throw misuse(`${(error as Error).message.split('. ')[0]}: see ops ${name} --help`)
  }
}

function meansOf(
  { env, out, err, signal, login, fetch, connectKafka, now, pause }: World,
  forPrograms: boolean,
): { means: Ops; close(): Promise<void> } {
  const addresses = readAddresses(env)
  const ask = createClient({ addresses, token: () => findToken(env), operator: env.OPERATOR || login, signal, forPrograms, fetch })
  let connected: Promise<KafkaAdmin> | undefined
  const kafka = () => {
    connected ??= connectKafka(addresses.brokers)
    return connected
  }
  const progress = createProgress(err)
  const paint = out.isTTY && !env.NO_COLOR ? colored : plain
  return {
    means: { addresses, ask, kafka, paint, progress, signal, now, pause: (ms) => pause(ms, signal) },
    async close() {
      await connected?.then((admin) => admin.disconnect()).catch(() => undefined)
    },
  }
}

function tell({ json, text, exit = EXIT.well, missing = [], failed = [] }: Answer, asJson: boolean, world: World): ExitCode {
  if (asJson || text !== '') say(world, asJson ? escaped(JSON.stringify(json, null, 2)) : text)
  for (const line of [...failed, ...missing]) world.err.write(`${line}\n`)
  return missing.length > 0 ? EXIT.unreachable : exit
}

function say({ out }: World, text: string): ExitCode {
  out.write(`${text}\n`)
  return EXIT.well
}
