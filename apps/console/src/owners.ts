import { partitionName } from '@quadrille/messaging'
import { AssignerProtocol, type GroupDescription, Kafka, logLevel } from 'kafkajs'

/** An instance that is a member of a group. */
export interface Member {
  readonly id: string
  readonly host: string
}

/** Who reads each partition of a group, by its name; undefined while the group is sharing them out. */
export type Owners = ReadonlyMap<string, Member> | undefined

/** Asks the broker who reads what: the port of the services' runtime counts members, and no more. */
export function createOwners(brokers: readonly string[], clientId: string) {
  const retry = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 }
  const admin = new Kafka({
    brokers: [...brokers],
    clientId,
    retry,
    connectionTimeout: 3_000,
    requestTimeout: 8_000,
    logLevel: logLevel.NOTHING,
  }).admin()
  let connected: Promise<void> | undefined
  const forget = async () => {
    connected = undefined
    await admin.disconnect().catch(() => undefined)
  }
  return {
    async of(groups: readonly string[]): Promise<ReadonlyMap<string, Owners>> {
      try {
        connected ??= admin.connect()
        await connected
        const described = await admin.describeGroups([...groups])
        return new Map(described.groups.map((group) => [group.groupId, ownersOf(group)]))
      } catch (error) {
        await forget()
        throw error
      }
    },
    disconnect: forget,
  }
}

type Described = Pick<GroupDescription, 'state' | 'members'>

/** What the members themselves were told, as the broker keeps it. */
export function ownersOf({ state, members }: Described): Owners {
  if (state === 'PreparingRebalance' || state === 'CompletingRebalance') return undefined
  return new Map(
    members.flatMap(({ memberId, clientHost, memberAssignment }) => {
      const member = { id: shortOf(memberId), host: clientHost.replace(/^\//, '') }
      const { assignment = {} } = AssignerProtocol.MemberAssignment.decode(memberAssignment) ?? {}
      return Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => [partitionName({ topic, partition }), member] as const),
      )
    }),
  )
}

/** The client's name and the beginning of what makes it one of its kind. */
const shortOf = (memberId: string) => memberId.replace(/-([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, '-$1')
