import type { SendError } from '../src/kafka.ts'

/** What is to blame for a send that fails so, as the protocol names it: whatever driver speaks it. */
export const blamed: readonly [name: string, kind: SendError['kind']][] = [
  ['MESSAGE_TOO_LARGE', 'record'],
  ['RECORD_LIST_TOO_LARGE', 'record'],
  ['INVALID_RECORD', 'record'],
  ['TOPIC_AUTHORIZATION_FAILED', 'authorization'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'authorization'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'environment'],
  ['LEADER_NOT_AVAILABLE', 'environment'],
  ['NOT_ENOUGH_REPLICAS', 'environment'],
  ['CORRUPT_MESSAGE', 'environment'],
]

/** Answers that asking again does not change. */
export const refused: readonly string[] = ['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'INVALID_CONFIG', 'POLICY_VIOLATION']
