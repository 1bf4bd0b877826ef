import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createServiceDatabase } from '@quadrille/testing/servers'
import type { Checklist } from './checklist.ts'
import {
  adminUrl,
  consolePart,
  databases,
  kafka,
  mail,
  portOf,
  postgres,
  psp,
  type Service,
  type Site,
  service,
  services,
  urlOf,
} from './parts.ts'
import { type Part, type Supervisor, supervise } from './supervisor.ts'

export type World = ReturnType<typeof createWorld>

/** Everything that runs, and what it takes to start it and to stop it in order. */
export function createWorld(site: Site, note: (text: string) => void) {
  // In the order of stopping: whoever still has something to hand over, or to make good, goes before the one who takes it.
  const groups: Supervisor[][] = [[], [], [], []]
  const keepUp = (group: 0 | 1 | 2 | 3, part: Part) => {
    const supervisor = supervise(part, { note })
    groups[group]!.push(supervisor)
    return supervisor.up
  }
  const now = Promise.resolve()

  return {
    /** All at once, each as soon as what it cannot start without is there. The services wait for Kafka by themselves. */
    async start({ step }: Checklist): Promise<void> {
      const { ports, dir } = site
      const newTopics = !existsSync(join(dir, 'kafka'))
      const database = step('PostgreSQL', `127.0.0.1:${ports.POSTGRES_PORT}`, now, () => keepUp(3, postgres(site)))
      const broker = step('Kafka', `127.0.0.1:${ports.KAFKA_PORT}`, now, (tell) => keepUp(3, kafka(site, tell)))
      const made = step('databases', 'one per service and one of the console, each with a role of its own', database, () =>
        createDatabases(site),
      )
      const loaded = made.then(() => import('./topics.ts')) // takes 0.25 s, while the broker starts
      const created = step('topics', 'all of the contracts', Promise.all([loaded, broker]), async () => (await loaded).createTopics(site))
      const needs = Promise.all([made, newTopics && created])
      const own = (name: Service) => step(name, urlOf(portOf(site, name)), needs, () => keepUp(1, service(site, name)))
      await Promise.all([
        created,
        ...services.map(own),
        step('payment provider', urlOf(ports.PSP_PORT), now, () => keepUp(2, psp(site))),
        step('mail sink', urlOf(ports.MAIL_PORT), now, () => keepUp(2, mail(site))),
        step('console', urlOf(ports.CONSOLE_PORT), needs, () => keepUp(0, consolePart(site))),
      ])
    },
    async stop(): Promise<void> {
      for (const group of groups) await Promise.all(group.map((supervisor) => supervisor.stop()))
    },
    part: (name: string) => groups.flat().find((supervisor) => supervisor.name === name),
    kill(): void {
      for (const supervisor of groups.flat()) supervisor.kill()
    },
  }
}

const createDatabases = (site: Site) => Promise.all(databases.map((name) => createServiceDatabase(adminUrl(site), name)))
