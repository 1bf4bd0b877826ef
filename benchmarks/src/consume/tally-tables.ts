import { migrate } from '@quadrille/service-kit'
import { databaseUrl, withClient } from '@quadrille/testing'
import type { World } from '../world.ts'
import { tallyTable } from './tally.ts'

/** A database for the consumer: the superuser's URL, since `checkpoint` is for superusers. */
export async function migratedForTally(world: World, name: string): Promise<string> {
  const url = await world.database(name)
  await migrate(url)
  await withClient(url, (client) => client.query(tallyTable))
  return databaseUrl(world.postgresUrl, name)
}
