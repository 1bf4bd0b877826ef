import { running } from './running.ts'

/** Jest's globalTeardown: runs after the last test of all projects, once per project; the first call stops everything. */
export default async function teardown(): Promise<void> {
  const infra = running.infra
  running.infra = undefined
  await (await infra)?.stop()
}
