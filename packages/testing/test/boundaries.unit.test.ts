import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const root = new URL('../../../', import.meta.url)
const manifests = globSync('{packages,services,apps}/*/package.json', { cwd: root.pathname })
const sources = globSync('{packages,services,apps}/*/{src,test}/**/*.ts', { cwd: root.pathname })
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const kindOf = new Map(manifests.map((path) => [JSON.parse(read(path)).name as string, path.split('/')[0]!]))
const nameOf = (path: string) => JSON.parse(read(`${path.split('/').slice(0, 2).join('/')}/package.json`)).name as string

/** Who uses what: by what a manifest declares, and by what sources import, also past the manifest by a relative path. */
const uses = [
  ...manifests.flatMap((path) => Object.keys(JSON.parse(read(path)).dependencies ?? {}).map((used) => ({ path, used }))),
  ...sources.flatMap((path) => [...read(path).matchAll(/from '(@quadrille\/[\w-]+)/g)].map(([, used]) => ({ path, used: used! }))),
]
const crossing = (from: RegExp, to: string) =>
  uses
    .filter(({ path, used }) => from.test(path) && kindOf.get(used) === to && used !== nameOf(path))
    .map(({ path, used }) => `${path} → ${used}`)

describe('boundaries between packages', () => {
  it('finds the workspace', () => {
    expect([...kindOf.values()].filter((kind) => kind === 'services')).toHaveLength(5)
    expect(uses.length).toBeGreaterThan(100)
  })

  it('services never use one another: they meet in Kafka only', () => {
    expect(crossing(/^services\//, 'services')).toEqual([])
  })

  it('packages never use services or apps', () => {
    expect([...crossing(/^packages\//, 'services'), ...crossing(/^packages\//, 'apps')]).toEqual([])
  })

  it('services never use apps: the outside world is reached over the network', () => {
    expect(crossing(/^services\/[^/]+\/(src|package)/, 'apps')).toEqual([])
  })

  it('contracts depends on zod alone', () => {
    expect(Object.keys(JSON.parse(read('packages/contracts/package.json')).dependencies)).toEqual(['zod'])
  })

  it('nobody reaches into another package by a relative path', () => {
    const shipped = sources.filter((path) => path.includes('/src/'))
    const reaching = shipped.filter((path) => {
      const up = path.split('/').length - 2
      return [...read(path).matchAll(/from '((?:\.\.\/)+)/g)].some(([, steps]) => steps!.length / 3 >= up)
    })
    expect(reaching).toEqual([])
  })
})
