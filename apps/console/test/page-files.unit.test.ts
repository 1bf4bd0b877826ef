import { describe, expect, it } from '@jest/globals'
import { createConsole } from '../src/app.ts'
import { scriptOf } from '../src/page/files.ts'

const app = createConsole({ view: () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined }) })

describe('a module of the page', () => {
  it('loses its types and nothing else, and finds packages where browsers find them', () => {
    const source = [
      "import { html } from 'htm/preact/standalone'",
      "import type { Session } from '../src/api-types.ts'",
      "import uPlot from 'uplot'",
      "import { store } from './store.ts'",
      "const words: string = `from 'uplot-like'`",
    ].join('\n')
    const lines = scriptOf(source).split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe("import { html } from '/vendor/htm-preact.js'")
    expect(lines[1]!.trim()).toBe('')
    expect(lines[2]).toBe("import uPlot from '/vendor/uplot.js'")
    expect(lines[3]).toBe("import { store } from './store.ts'")
    expect(lines[4]).toMatch(/^const words\s+= `from 'uplot-like'`$/)
  })
})

describe('the page', () => {
  it('allows nothing from elsewhere, and no inline script', async () => {
    const { headers, body } = await app.inject('/')
    expect(headers['content-security-policy']).toContain("default-src 'self'")
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-eval/)
    expect(body).not.toMatch(/https?:\/\//)
    expect(body).toContain('<link rel="modulepreload" href="/page/main.ts">')
  })

  it('is sent again only when it has changed', async () => {
    const first = await app.inject('/page/main.ts')
    expect([first.statusCode, first.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
    const again = await app.inject({ url: '/page/main.ts', headers: { 'if-none-match': String(first.headers.etag) } })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  it('has whatever it names', async () => {
    const { body } = await app.inject('/')
    const named = [...body.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, address]) => address!)
    const answers = await Promise.all(named.map(async (address) => [address, (await app.inject(address)).statusCode]))
    expect(answers.filter(([, status]) => status !== 200)).toEqual([])
  })

  it.each(['/page/../package.json', '/page/%2e%2e/package.json', '/page/tsconfig.json', '/page/nothing.ts'])(
    'is not %s',
    async (address) => {
      expect((await app.inject(address)).statusCode).toBe(404)
    },
  )
})
