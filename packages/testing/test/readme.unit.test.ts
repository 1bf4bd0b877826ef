import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const root = new URL('../../../', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md', '{packages,services,apps,tools}/*/README.md'], { cwd: root })
const promises = [...read('README.md').matchAll(/^\| (.+) \| \[.+\]\((.+\.test\.ts)\): (.+) \|$/gm)].map(([, promise, file, test]) => ({
  promise: promise!,
  file: file!,
  test: test!,
}))

describe('the README', () => {
  it('promises something', () => expect(promises.length).toBeGreaterThan(10))

  it.each(promises)('names a test that exists: $promise', ({ file, test }) => {
    const quoted = [`it('${test.replaceAll("'", "\\'")}'`, `it("${test}"`]
    expect(quoted.some((line) => read(file).includes(line))).toBe(true)
  })

  it('names only scripts that exist', () => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts)
    const named = [...read('README.md').matchAll(/npx -y pnpm@12 ([\w:]+)/g)].map(([, script]) => script!)
    expect(named.filter((script) => !scripts.includes(script))).toEqual([])
  })
})

describe('links between pages', () => {
  it.each(pages)('lead somewhere: %s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })
})
