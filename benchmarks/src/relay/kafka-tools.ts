import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { startProcess } from '@quadrille/testing'
import { kafkaJars } from '../../../packages/testing/src/kafka-jars.ts'

/** The classpath of Kafka's own tools: the broker's jars and one more, which Maven brings once into the git-ignored `.cache`. */
export async function kafkaTools(onProgress: (text: string) => void): Promise<string> {
  const { classpath } = await kafkaJars(onProgress)
  const clients = (await readdir(dirname(classpath))).find((name) => name.startsWith('kafka-clients-'))!
  const jar = clients.replace('clients', 'tools')
  const cached = join(dirname(classpath), '../..', jar)
  if (!existsSync(cached)) {
    onProgress(`downloading ${jar} (once)`)
    await download(/-([\d.]+)\.jar$/.exec(jar)![1]!, jar, cached)
  }
  return [classpath, cached].join(delimiter)
}

async function download(version: string, jar: string, to: string): Promise<void> {
  const half = await mkdtemp(`${to}-`)
  try {
    const args = ['-B', 'dependency:copy', `-Dartifact=org.apache.kafka:kafka-tools:${version}`, `-DoutputDirectory=${half}`]
    const mvn = startProcess({ name: 'Maven', command: 'mvn', args, cwd: half })
    const { code } = await mvn.exited
    if (code !== 0) throw new Error(`Maven could not download ${jar}:\n${mvn.tail()}`)
    await rename(join(half, jar), to)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}
