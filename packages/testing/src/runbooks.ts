import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../docs/runbooks')

/** A line that a runbook has its reader type. */
export interface RunbookLine {
  readonly page: string
  /** As it stands there, also with what the page says behind a `#`. */
  readonly text: string
  /** The language of its block; null within a sentence. */
  readonly block: 'sh' | 'sql' | null
}

/** The pages, without their index. */
export const runbookPages = (): string[] => readdirSync(folder).filter((page) => page !== 'README.md')

const BLOCK = /^ *```(sh|sql)\n([\s\S]*?)^ *```/gm
// Of `ops`, what has no option is only mentioned.
const COMMAND = /`((?:(?:npx -y pnpm@12 )?ops [^`]*--|curl |docker compose )[^`]+)`/g

/** Every line of a page that is to be typed, once. */
export function runbookLines(page: string): RunbookLine[] {
  const text = readFileSync(join(folder, page), 'utf8')
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, block, lines]) =>
    lines!
      .trim()
      .split('\n')
      .map((line) => ({ page, text: line.trim(), block: block as 'sh' | 'sql' })),
  )
  const mentioned = [...text.replaceAll(BLOCK, '').matchAll(COMMAND)].map(([, line]) => ({ page, text: line!, block: null }))
  return [...new Map([...mentioned, ...blocks].map((line) => [line.text, line])).values()]
}

/** The one line of a page that matches, for a test to type: whoever changes the page changes the test. */
export function remedyOf(page: string, which: RegExp): string {
  const found = runbookLines(page).filter(({ text }) => which.test(text))
  if (found.length === 1) return found[0]!.text
  const said = found.length === 0 ? 'no line' : `${found.length} lines: ${found.map(({ text }) => text).join(' | ')}`
  throw new Error(`docs/runbooks/${page} has ${said} like ${which}`)
}
