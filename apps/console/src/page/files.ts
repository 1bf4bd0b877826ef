import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, extname, join } from 'node:path'

/** A file as browsers get it. */
export interface Served {
  readonly body: string
  readonly type: string
  readonly etag: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const { resolve } = createRequire(import.meta.url)

/** What the page imports by a package's name: where browsers find it, and where it lies. */
const PACKAGES: Readonly<Record<string, readonly [address: string, path: string]>> = {
  'htm/preact/standalone': ['/vendor/htm-preact.js', join(dirname(resolve('htm')), '../preact/standalone.module.js')],
  uplot: ['/vendor/uplot.js', join(dirname(resolve('uplot')), 'uPlot.esm.js')],
  '@quadrille/ops/lag': ['/vendor/ops-lag.js', resolve('@quadrille/ops/lag')],
  '@quadrille/ops/words': ['/vendor/ops-words.js', resolve('@quadrille/ops/words')],
}

export const VENDOR: readonly (readonly [address: string, path: string])[] = [
  ...Object.values(PACKAGES),
  ['/vendor/uplot.css', join(dirname(resolve('uplot')), 'uPlot.min.css')],
]

/** Types become blanks, so that lines and columns stay; a package's name becomes its address, since browsers know none. */
export const scriptOf = (source: string) =>
  stripTypeScriptTypes(source).replace(/(?<=\bfrom |\bimport\()'([@\w/-]+)'/g, (whole, name) =>
    PACKAGES[name] ? `'${PACKAGES[name][0]}'` : whole,
  )

/** Reads files, and again only when they have changed: who works on the page needs no restart. */
export function createFiles() {
  const known = new Map<string, { readonly mtimeMs: number; readonly served: Served }>()
  return async (path: string): Promise<Served | undefined> => {
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const before = known.get(path)
    if (before?.mtimeMs === found.mtimeMs) return before.served
    const served = servedOf(path, await readFile(path, 'utf8'))
    known.set(path, { mtimeMs: found.mtimeMs, served })
    return served
  }
}

function servedOf(path: string, source: string): Served {
  const body = extname(path) === '.ts' ? scriptOf(source) : source
  return { body, type: TYPES[extname(path)]!, etag: etagOf(body) }
}

export const etagOf = (body: string) => `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
