import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { remedyOf, runbookLines, runbookPages } from '@quadrille/testing'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const lines = runbookPages().flatMap(runbookLines)

const tests = globSync(['scenarios/**/*.ts', '{packages,tools,services,apps}/*/test/**/*.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
})
const quotes = tests.flatMap((file) =>
  [...read(file).matchAll(/remedyOf\('([^']+)', \/((?:\\.|[^/\\])+)\/\)/g)].map(([, page, which]) => ({
    file,
    page: page!,
    which: which!,
  })),
)
const quoted = new Map(quotes.map(({ page, which }) => [`${page} ${remedyOf(page, new RegExp(which))}`, which]))
const isQuoted = ({ page, text }: { page: string; text: string }) => quoted.has(`${page} ${text}`)

/** What no test types as it stands, and why. */
const notTyped: readonly (readonly [which: RegExp, why: string])[] = [
  [/^docker compose (ps|logs|exec) /, 'looks into a container; tests run the same programs as processes, and read their logs themselves'],
  [
    /^docker compose up -d (kafka|postgres)$/,
    'the fault laboratory stops, fills and starts Kafka and PostgreSQL itself: row 39 and others',
  ],
  [/^docker compose restart payments$/, 'provider.scenario kills payments in the middle of a charge, and starts it again'],
  [/--scale payments=3/, 'containers again; the laboratory runs two instances of a service'],
  [/^docker compose up -d console$/, 'panels-and-alerts.scenario stops and starts the console as a process'],
  [/^curl -s localhost:3000\/api\/lag/, "asks the console, which scenarios run without; the console's own tests ask it"],
]
const excuses = (text: string) => notTyped.filter(([which]) => which.test(text))

describe('every line that a runbook has one type', () => {
  it.each(lines)('is typed by a test that quotes it, or it is said why not: $page, $text', (line) => {
    expect({ quoted: isQuoted(line), excused: excuses(line.text).length }).toEqual(
      isQuoted(line) ? { quoted: true, excused: 0 } : { quoted: false, excused: 1 },
    )
  })

  it.each(notTyped)('is excused only where there is one: %s', (which) => {
    expect(lines.filter(({ text }) => which.test(text))).not.toEqual([])
  })

  it.each(runbookPages())('is not always one that nobody types: %s', (page) => {
    expect(lines.some((line) => line.page === page && isQuoted(line))).toBe(true)
  })
})

describe('the containers and files that runbooks name', () => {
  const { services } = parse(read('docker-compose.yml')) as { services: Record<string, object> }
  const pages = [...runbookPages(), 'README.md']
  const asked = pages.flatMap((page) =>
    [
      ...read(`docs/runbooks/${page}`).matchAll(
        /docker compose (?:up -d|restart|exec|ps|logs)((?: --?[\w-]+(?: \d+m?|=\w+)?)*)((?: [a-z]+)+)/g,
      ),
    ].map(([line, , names]) => ({ page, line, names: names!.trim().split(' ') })),
  )

  it.each(asked)('are there: $page, $line', ({ line, names }) => {
    const own = / exec /.test(line) ? names.slice(0, 1) : names
    expect(own.filter((name) => !(name in services) && !/=/.test(name))).toEqual([])
  })

  it('are found by whoever copies the line', () => {
    const files = pages.flatMap((page) => read(`docs/runbooks/${page}`).match(/\binfra\/[\w./-]+\w/g) ?? [])
    expect(files).toContain('infra/ask.mjs')
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

describe('the words that runbooks have one look for in a log', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).map(read).join('\n')
  const sought = lines.flatMap(({ page, text }) =>
    [...text.matchAll(/logs .*grep '([^']+)'/g)].map(([, words]) => ({ page, words: words! })),
  )

  it.each(sought)('are logged: $page, $words', ({ words }) => {
    expect(sources).toContain(words)
  })
})
