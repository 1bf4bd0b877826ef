import { Refusal } from '@quadrille/demo/arguments'
import { help, readArguments } from './arguments.ts'
import { readAddresses, smoke, verdict, type Wish } from './smoke.ts'

const anySeed = () => 1 + Math.floor(Math.random() * 1e6)

async function main(): Promise<number> {
  const wish = readArguments(process.argv.slice(2), anySeed)
  return wish === 'help' ? said(help) : await checked(wish)
}

async function checked(wish: Wish): Promise<number> {
  const tally = await smoke(readAddresses(process.env), console.log, wish)
  console.log(`\n${verdict(tally)}`)
  return tally.failed === 0 ? 0 : 1
}

function said(text: string): number {
  console.log(text)
  return 0
}

const code = await main().catch((error: unknown) => {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  return 2
})
process.exit(code)
