import { execFile } from 'node:child_process'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where the two programs of Prometheus are: the server, and what checks its files. */
export interface PrometheusPrograms {
  readonly prometheus: string
  readonly promtool: string
}

/** Where to look, and where to put what has to be fetched. */
export interface PrometheusPlaces {
  readonly path?: string
  readonly cache?: string
}

const CACHE = resolve(import.meta.dirname, '../../../.cache/prometheus')
const REMEDY = 'put `prometheus` and `promtool` (2.42 or newer) on PATH: apt-get install prometheus, or brew install prometheus'

/** Finds Prometheus on PATH or in the git-ignored `.cache`, else fetches Debian's package into it; nothing is installed, and no root needed. */
export async function prometheusPrograms({
  path = process.env.PATH ?? '',
  cache = CACHE,
}: PrometheusPlaces = {}): Promise<PrometheusPrograms> {
  const there = async () => (await programsIn([...path.split(delimiter), join(cache, 'usr/bin')])) as PrometheusPrograms | undefined
  return (await there()) ?? (await fetchPackage(cache).then(there)) ?? fail("Debian's package does not hold it")
}

async function programsIn(folders: readonly string[]): Promise<PrometheusPrograms | undefined> {
  const find = async (name: string) => {
    for (const folder of folders) if (folder && (await isProgram(join(folder, name)))) return join(folder, name)
  }
  const [prometheus, promtool] = await Promise.all([find('prometheus'), find('promtool')])
  return prometheus && promtool ? { prometheus, promtool } : undefined
}

const isProgram = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

// Whoever is first renames a finished folder into place, so nobody ever sees half a package.
async function fetchPackage(cache: string): Promise<void> {
  await mkdir(dirname(cache), { recursive: true })
  const half = await mkdtemp(`${cache}-`)
  try {
    await download(half).catch((cause) => fail(lastLine(cause), cause))
    const [deb] = (await readdir(half)).filter((file) => file.endsWith('.deb'))
    await run('dpkg', ['-x', join(half, deb!), join(half, 'package')])
    await rename(join(half, 'package'), cache).catch((error) => {
      if (!existsSync(cache)) throw error
    })
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

/** By the machine's own lists; where they are missing or old, by fresh ones of ours. */
async function download(into: string): Promise<void> {
  const apt = (...args: string[]) => run('apt-get', ['-q', ...args], { cwd: into, env: process.env, timeout: 180_000 })
  const [lists, archives] = [join(into, 'lists'), join(into, 'archives')]
  const ours = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${archives}`, '-o', 'APT::Sandbox::User=root']
  try {
    await apt('download', 'prometheus')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    for (const folder of [lists, archives]) await mkdir(join(folder, 'partial'), { recursive: true })
    await apt(...ours, 'update')
    await apt(...ours, 'download', 'prometheus')
  }
}

const lastLine = (error: Error & { stderr?: string }) => (error.stderr?.trim() || error.message).split('\n').at(-1)!

function fail(reason: string, cause?: unknown): never {
  throw new Error(`Prometheus was not found and could not be fetched (${reason}): ${REMEDY}`, { cause })
}
