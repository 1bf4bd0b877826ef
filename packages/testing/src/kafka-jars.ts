import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startProcess } from './process.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const pom = join(root, 'infra/kafka/pom.xml')

/** The settings that every broker of ours has in common. */
export const kafkaConfig = { properties: join(root, 'infra/kafka/server.properties'), log4j: join(root, 'infra/kafka/log4j2.properties') }

/** The flags that make the JVM start quickly: a broker for a laptop, not for a month. */
export const quickJvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto']

/** Where the broker's jars are, and what a freshly formatted data folder holds. */
export interface KafkaJars {
  readonly classpath: string
  /** A folder written once by Kafka's own format tool; a new data folder is a copy of it. */
  readonly formatted: string
  /** The classes as an earlier broker loaded them; written by the first one that is stopped in order. */
  readonly classes: string
}

/** Downloads Apache Kafka through Maven, once per version, into the git-ignored `.cache`. */
export async function kafkaJars(onProgress: (text: string) => void = () => {}): Promise<KafkaJars> {
  const version = /<kafka\.version>(.+)<\/kafka\.version>/.exec(await readFile(pom, 'utf8'))![1]!
  const folder = join(root, '.cache', `kafka-${version}`)
  if (!existsSync(folder)) {
    await assertJava()
    onProgress(`downloading Apache Kafka ${version} (once)`)
    await download(folder, onProgress)
  }
  return jarsIn(folder)
}

const jarsIn = (folder: string): KafkaJars => ({
  classpath: join(folder, 'libs', '*'),
  formatted: join(folder, 'formatted'),
  classes: join(folder, 'classes.jsa'),
})

const REMEDY = 'install Java 17 or newer and Maven, or use docker compose up'

/** Throws an error that says what to install, where Java is missing or too old. Asking takes 0.1 s, so a broker that starts is not asked for. */
export async function assertJava(): Promise<void> {
  const { stderr } = await run('java', ['-version'], { env: process.env }).catch(() => {
    throw new Error(`java was not found: ${REMEDY}`)
  })
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1])
  if (version < 17) throw new Error(`java is version ${version}, Apache Kafka needs 17: ${REMEDY}`)
}

// Whoever is first renames a finished folder into place, so nobody ever sees half a download.
async function download(folder: string, onProgress: (text: string) => void): Promise<void> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const half = await mkdtemp(`${folder}-`)
  try {
    await fetchJars(join(half, 'libs'), onProgress)
    await format(half)
    await rename(half, folder).catch((error) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

async function fetchJars(into: string, onProgress: (text: string) => void): Promise<void> {
  const args = ['-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`]
  const mvn = startProcess({ name: 'Maven', command: 'mvn', args, onLine: downloaded(onProgress) })
  const { code } = await mvn.exited
  if (code === 127) throw new Error(`mvn was not found: ${REMEDY}`)
  const reason = /ERROR\] (.*)/.exec(mvn.tail())?.[1]
  if (code !== 0) throw new Error(`Maven could not download Apache Kafka: ${reason ?? 'it said nothing'}`)
}

// With Maven's own plugins, into an empty repository.
const ALL_MB = 52
const UNIT_MB = { B: 1e-6, kB: 1e-3, MB: 1 }

/** Adds up what Maven says it has downloaded, and tells every 4 MB. */
function downloaded(onProgress: (text: string) => void): (line: string) => void {
  let sum = 0
  return (line) => {
    const [, size, unit] = / Downloaded .*\(([\d.]+) (B|kB|MB) at /.exec(line) ?? []
    if (size === undefined) return
    const before = sum
    sum += Number(size) * UNIT_MB[unit as keyof typeof UNIT_MB]
    if (Math.floor(sum / 4) > Math.floor(before / 4)) onProgress(`downloaded ${Math.round(sum)} of about ${ALL_MB} MB`)
  }
}

// Formatting needs a JVM (0.9 s) and its result depends on the version alone, so it is done once, here.
async function format(folder: string): Promise<void> {
  const config = join(folder, 'format.properties')
  const voters = 'controller.quorum.voters=1@127.0.0.1:1'
  const listeners = 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:1'
  const common = await readFile(kafkaConfig.properties, 'utf8')
  await writeFile(config, `${common}\n${voters}\n${listeners}\nlog.dirs=${jarsIn(folder).formatted}\n`)
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', 'UXVhZHJpbGxlUmVmZXJlbg', '--config', config]
  await run('java', [...quickJvm, '-cp', jarsIn(folder).classpath, `-Dlog4j2.configurationFile=${kafkaConfig.log4j}`, ...tool])
}
