import { type Targets, withAdmin } from '@quadrille/testing'

// As the protocol numbers them; kafkajs names them, but not so that an ES module could import the names.
const RESOURCE = { topic: 2, group: 3 }
const OPERATION = { all: 2, read: 3, write: 4 }
const PERMISSION = { deny: 2, allow: 3 }
const LITERAL = 3

/** What a client may not do any more. */
export type Rule = { readonly write: string } | { readonly join: string }

/** Denies it to whoever comes from that address; resolves with what undoes it. */
export async function deny(targets: Targets, host: string, rule: Rule): Promise<() => Promise<void>> {
  const what =
    'write' in rule
      ? { resourceType: RESOURCE.topic, resourceName: rule.write, operation: OPERATION.write }
      : { resourceType: RESOURCE.group, resourceName: rule.join, operation: OPERATION.read }
  const common = { resourcePatternType: LITERAL, principal: 'User:ANONYMOUS' }
  const denied = { ...common, ...what, host, permissionType: PERMISSION.deny }
  // Where a rule exists, all others need one too.
  const everybody = { ...common, ...what, operation: OPERATION.all, host: '*', permissionType: PERMISSION.allow }
  await withAdmin(targets, (admin) => admin.createAcls({ acl: [everybody, denied] }))
  return async () => void (await withAdmin(targets, (admin) => admin.deleteAcls({ filters: [denied, everybody] })))
}
