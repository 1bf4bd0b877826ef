import { execFile } from 'node:child_process'
import { chown } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user that servers run as which refuse root. Unless we are root, that is simply us. */
export interface OrdinaryUser {
  /** The command line that runs this one as that user. */
  command(program: string, args: readonly string[]): [string, string[]]
  own(path: string): Promise<void>
}

// `nobody` exists everywhere. A clone below /root is closed to it, so where the kernel lets us it may still read and enter any folder;
// without no_setuid_fixup, access(2) would forget that right and PostgreSQL not find its own program.
const drop = (gid: number) => ['--reuid=nobody', `--regid=${gid}`, '--clear-groups']
const passDoors = ['--securebits=+no_setuid_fixup,+noroot', '--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override']

/** Finds out, once per start, how to run something as an ordinary user. */
export async function ordinaryUser(): Promise<OrdinaryUser> {
  if (process.getuid?.() !== 0) return { command: (program, args) => [program, [...args]], own: async () => {} }
  const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')])
  const flags = await firstThatWorks([[...drop(gid), ...passDoors], drop(gid)])
  return {
    command: (program, args) => ['setpriv', [...flags, program, ...args]],
    own: (path) => chown(path, uid, gid),
  }
}

const idOf = async (flag: string) => Number((await run('id', [flag, 'nobody'])).stdout)

async function firstThatWorks(candidates: string[][]): Promise<string[]> {
  for (const flags of candidates) {
    const works = await run('setpriv', [...flags, 'true']).then(
      () => true,
      () => false,
    )
    if (works) return flags
  }
  throw new Error('PostgreSQL refuses to run as root and setpriv (util-linux) cannot change the user: run this as an ordinary user')
}
