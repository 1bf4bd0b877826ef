import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A copy of the checkout, uncommitted work included, in which mistakes can be made: whatever happens to us, the original stays as it is. */
export interface Copy {
  readonly root: string
  remove(): Promise<void>
}

export async function copyCheckout(root: string): Promise<Copy> {
  const copy = await mkdtemp(join(tmpdir(), 'quadrille-mutants-'))
  const files = await filesOf(root)
  for (const folder of new Set(files.map(dirname))) await mkdir(join(copy, folder), { recursive: true })
  await Promise.all(files.map((file) => cp(join(root, file), join(copy, file))))
  await linkModules(root, copy, files)
  return { root: copy, remove: () => rm(copy, { recursive: true, force: true }) }
}

/** All that git knows or would take, except what has been deleted. */
async function filesOf(root: string): Promise<string[]> {
  const list = async (...options: string[]) => {
    const { stdout } = await run('git', ['ls-files', '-z', ...options], { cwd: root, maxBuffer: 2 ** 26 })
    return stdout.split('\0').filter(Boolean)
  }
  const [files, deleted] = await Promise.all([list('--cached', '--others', '--exclude-standard'), list('--deleted')])
  return [...new Set(files)].filter((file) => !deleted.includes(file))
}

/** The installed packages are shared. A workspace's links are copied as they are: being relative, they lead to the copy's own workspaces. */
async function linkModules(root: string, copy: string, files: readonly string[]): Promise<void> {
  const workspaces = files.filter((file) => file.endsWith('/package.json')).map(dirname)
  const shared = ['node_modules', '.cache'].map((name) => symlink(join(root, name), join(copy, name)))
  const linked = workspaces.map((workspace) => {
    const modules = join(workspace, 'node_modules')
    return cp(join(root, modules), join(copy, modules), { recursive: true, verbatimSymlinks: true }).catch(() => undefined) // it needs none
  })
  await Promise.all([...shared, ...linked])
}
