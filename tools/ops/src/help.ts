import type { Command } from './command.ts'

export const everywhere = {
  json: { type: 'boolean', help: 'for programs, on standard output' },
  help: { type: 'boolean', short: 'h', help: 'what this command does' },
} as const

const EXIT_CODES = `Exit codes: 0 well · 1 not well, or refused · 2 used wrongly · 3 somebody does not answer · 130 Ctrl-C (the work goes on).`

const ENVIRONMENT = `Addresses: ORDERS_URL PAYMENTS_URL WAREHOUSE_URL LOYALTY_URL EMAIL_URL CONSOLE_URL KAFKA_BROKERS, by default the demo's ports;
  of a demo that was moved, the variables that moved it: ORDERS_PORT PAYMENTS_PORT WAREHOUSE_PORT LOYALTY_PORT EMAIL_PORT CONSOLE_PORT KAFKA_PORT.
Right: OPS_TOKEN, the services' own, or OPS_READ_TOKEN, with which they let you look and ask for dry runs; of a demo that runs here it is found
  in .demo, or in DEMO_DIR. Name in the audit: OPERATOR, by default your login.
NO_COLOR leaves colours out. Compose publishes few ports, so ask from inside: docker compose run --rm ops doctor`

const INDENT = '  '
const rows = (pairs: readonly (readonly [string, string])[]) => {
  const wide = Math.max(...pairs.map(([left]) => left.length))
  return pairs.map(([left, right]) => `${INDENT}${left.padEnd(wide)}  ${right}`.trimEnd()).join('\n')
}

const usageOf = ({ name, words }: Command) => (words ? `${name} ${words.shown}` : name)

/** All commands, for whoever asks for help. */
export const overview = (commands: readonly Command[]) => `Brings orders home: what is stuck, why, and what to do about it.

  npx -y pnpm@12 ops COMMAND          --help after a command tells more, --json is for programs

${rows(commands.map((command) => [usageOf(command), command.summary]))}

${EXIT_CODES}
${ENVIRONMENT}`

/** One command, with its options and examples. */
export function helpOf(command: Command): string {
  const { summary, about, options, examples } = command
  const shown = Object.entries({ ...options, ...everywhere } as Command['options']).map(([name, { short, value, help }]) => {
    const long = `--${name}${value ? ` ${value}` : ''}`
    return [short ? `-${short}, ${long}` : `    ${long}`, help] as const
  })
  const parts = [`ops ${usageOf(command)}: ${summary}`, ...(about ? [about] : []), rows(shown)]
  return [...parts, `Examples:\n${rows(examples.map(([line, what]) => [`ops ${line}`, what]))}`].join('\n\n')
}

/** The page docs/ops.md. */
export const page = (commands: readonly Command[]) => `# \`pnpm ops\`: for operators

Written from the commands' own help (\`npx -y pnpm@12 ops:docs\`). Every command is a client of the operators' API, or of Kafka's admin API; each change is audited.

\`\`\`
${overview(commands)}
\`\`\`

${commands.map((command) => `## ops ${command.name}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`).join('\n')}`
