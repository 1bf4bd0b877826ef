/** One mistake that somebody might make one day, and the tests that must notice it. */
export interface Mutant {
  readonly name: string
  /** Which promise it breaks: an invariant (I1 to I10) or what the runtime is built on. */
  readonly breaks: string
  readonly file: string
  /** Each text must be there exactly once. */
  readonly edits: readonly (readonly [text: string, instead: string])[]
  readonly tests: readonly string[]
}

const messaging = 'packages/messaging/src'
const tests = 'packages/messaging/test'

/** Mistakes in the runtime: what would lose something or do it twice. */
const runtime: readonly Mutant[] = [
  {
    name: 'dedupe in another transaction',
    breaks: 'an event that was rolled back is handled again',
    file: `${messaging}/postgres/set-store.ts`,
    edits: [
      ['work(setTransaction(trx, service))', 'work(setTransaction(trx, service, pool))'],
      ['setTransaction<State, Shared>(trx: PipelinedTrx, service: Definition<State, Shared>)', 'setTransaction(trx, service, pool)'],
      [
        'claim(trx, name, inputs, journal)',
        'claim({ query: async (text, values) => (await pool.query(text, values)).rows }, name, inputs, journal)',
      ],
    ],
    tests: [`${tests}/set-store.int.test.ts`],
  },
  {
    name: 'no dedupe at all',
    breaks: 'an event is counted once',
    file: `${messaging}/plan.ts`,
    edits: [['step.letter !== undefined || fresh.delete(step.id)', 'step.letter !== undefined || true']],
    tests: [`${tests}/sets.int.test.ts`],
  },
  {
    name: 'lock without upsert',
    breaks: 'the first events of an order on two topics do not race',
    file: `${messaging}/postgres/inbox.ts`,
    edits: [
      [
        'insert into streams (order_id) select unnest($1::text[])\n     on conflict (order_id) do update set sequence = streams.sequence\n     returning order_id, sequence, parked, now()',
        'select order_id, sequence, parked, now() from streams where order_id = any ($1::text[]) order by order_id for update',
      ],
    ],
    tests: [`${tests}/sets.int.test.ts`],
  },
  {
    name: 'parked check skipped',
    breaks: 'later events of a parked order wait',
    file: `${messaging}/fold.ts`,
    edits: [['isConsumed(step) && step.orderId !== null && folded.parked.has(step.orderId)', 'false']],
    tests: [`${tests}/fold.unit.test.ts`],
  },
  {
    name: 'outcome not fenced',
    breaks: 'a process that lost its lease records nothing',
    file: `${messaging}/plan.ts`,
    edits: [['return leased.delete(attemptOf(step.effect))', 'return true']],
    tests: [`${tests}/effects.int.test.ts`],
  },
  {
    name: 'effect taken again by its own holder',
    breaks: 'an outcome that waits for the database is not performed a second time',
    file: `${messaging}/effects.ts`,
    edits: [['store.claim(room, leaseMs, held.keys())', 'store.claim(room, leaseMs, [])']],
    tests: [`${tests}/effects.unit.test.ts`],
  },
  {
    name: 'effect begun after another took it over',
    breaks: 'a cancelled order is not charged by a process that was frozen',
    file: `${messaging}/effects.ts`,
    edits: [['if (!lost.has(effect)) held.begin(', 'held.begin(']],
    tests: [`${tests}/effects.unit.test.ts`],
  },
  {
    name: 'letters folded once per redrive',
    breaks: 'redriving an order twice in one set folds each event once',
    file: `${messaging}/plan.ts`,
    edits: [['new Set(live.flatMap((redrive) => redrive.orderId ?? []))', 'live.flatMap((redrive) => redrive.orderId ?? [])']],
    tests: [`${tests}/plan.unit.test.ts`],
  },
  {
    name: 'effect keys forgotten',
    breaks: 'an effect asked for again, after the inbox was pruned, is not done again',
    file: `${messaging}/postgres/effects.ts`,
    edits: [['order by key on conflict (key) do nothing', "order by key on conflict (key) do update set status = 'due', run_at = now()"]],
    tests: [`${tests}/set-store.int.test.ts`],
  },
  {
    name: 'effect retried without a word',
    breaks: 'a second attempt asks before it posts',
    file: `${messaging}/postgres/effects.ts`,
    edits: [['again: row.first_started_at !== null', 'again: false']],
    tests: [`${tests}/effects.int.test.ts`],
  },
  {
    name: 'offset committed first',
    breaks: 'what is committed to Kafka is in the database',
    file: `${messaging}/intake.ts`,
    edits: [['    collector.add(traced).then(', '    onDone(message)\n    collector.add(traced).then(']],
    tests: [`${tests}/consumer.unit.test.ts`],
  },
  {
    name: 'unguarded JSON.parse',
    breaks: 'a poison record stops no consumer',
    file: 'packages/contracts/src/decode.ts',
    edits: [
      [
        "    // The parser's own message quotes what it read.\n    throw new ContractError('UNDECODABLE', 'the value is no JSON in UTF-8')",
        '    return JSON.parse(utf8.decode(value))',
      ],
      [
        "error instanceof ContractError ? error : new ContractError('UNDECODABLE', 'cannot be read')",
        'error instanceof ContractError ? error : rethrow(error)',
      ],
      ['const LONGEST_TYPE = 100', 'const LONGEST_TYPE = 100\nfunction rethrow(error) {\n  throw error\n}'],
    ],
    tests: ['packages/contracts/test/envelope.unit.test.ts', 'packages/contracts/test/properties.unit.test.ts'],
  },
  {
    name: 'a guilty order takes its neighbours along',
    breaks: 'only the order that the database refuses is parked',
    file: `${messaging}/collector.ts`,
    edits: [['if (orders.length === 1) return park(set, error)', 'return park(set, error)']],
    tests: [`${tests}/collector.unit.test.ts`],
  },
  {
    name: 'environment failure taken for the message’s fault',
    breaks: 'an outage dead-letters nothing',
    file: `${messaging}/errors.ts`,
    edits: [["const DATA = new Set(['22', '23', '54'])", "const DATA = new Set(['22', '23', '54', '40', '57'])"]],
    tests: [`${tests}/collector.unit.test.ts`],
  },
  {
    name: 'pause of one instance',
    breaks: 'a paused service stays so, in every instance and after a restart',
    file: `${messaging}/consumer-control.ts`,
    edits: [['if (changes === before) apply(found)', 'void before']],
    tests: [`${tests}/consumer-control.unit.test.ts`],
  },
  {
    name: 'reader who changes',
    breaks: 'whoever has the token to look changes nothing',
    file: 'packages/service-kit/src/guard.ts',
    edits: [['if (readers.has(request) && isChange(request)) throw onlyLooks()', 'void onlyLooks']],
    tests: ['packages/service-kit/test/admin-changes.unit.test.ts'],
  },
]

/** Mistakes in the relay, of which each loses or reorders. */
const relay: readonly Mutant[] = [
  {
    name: 'mark before ack',
    breaks: 'what is marked is in Kafka',
    file: `${messaging}/relay-rounds.ts`,
    edits: [['      await sendAndReadOn(rows)\n', '      marks.add(rows)\n      await sendAndReadOn(rows)\n']],
    tests: [`${tests}/relay.unit.test.ts`, `${tests}/relay-properties.unit.test.ts`],
  },
  {
    name: 'what was read ahead is sent after a failure',
    breaks: 'no later row of a key is sent before the earlier is acknowledged',
    file: `${messaging}/relay-rounds.ts`,
    edits: [['    const whole = await shipping\n', '    ahead = await reading\n    const whole = await shipping\n']],
    tests: [`${tests}/relay.unit.test.ts`, `${tests}/relay-properties.unit.test.ts`],
  },
  {
    name: 'continue after a failed row',
    breaks: 'no later row of a key is sent before the earlier is acknowledged',
    file: `${messaging}/shipper.ts`,
    edits: [['      stopped.add(lineOf(row))\n', '']],
    tests: [`${tests}/relay.unit.test.ts`, `${tests}/relay-properties.unit.test.ts`],
  },
  {
    name: 'producer reused after failure',
    breaks: 'no producer is trusted after a failed send',
    file: `${messaging}/shipper.ts`,
    edits: [['      discard()\n      onSent', '      onSent']],
    tests: [`${tests}/relay.unit.test.ts`, `${tests}/relay-properties.unit.test.ts`],
  },
  {
    name: 'read-ahead by id',
    breaks: 'a late committer is not skipped',
    file: `${messaging}/postgres/outbox.ts`,
    edits: [
      [
        'and id <> all ($1::bigint[] || $2::bigint[]) order by id limit',
        'and id > coalesce((select max(id) from unnest($1::bigint[] || $2::bigint[]) as sent(id)), 0) order by id limit',
      ],
    ],
    tests: [`${tests}/outbox.int.test.ts`],
  },
  {
    name: 'parked key sent on',
    breaks: 'rows behind a refused one wait',
    file: `${messaging}/postgres/outbox.ts`,
    edits: [
      ["and (key is null or topic || ' ' || key <> all (array(select topic || ' ' || key from outbox_parked where key is not null)))", ''],
    ],
    tests: [`${tests}/outbox.int.test.ts`],
  },
  {
    name: 'lease that anybody may take',
    breaks: 'one relay is active',
    file: `${messaging}/postgres/outbox.ts`,
    edits: [['where owner = $1 or lease_until < now() returning term', 'returning term']],
    tests: [`${tests}/outbox.int.test.ts`],
  },
]

/** Mistakes in the services: one or more for each invariant that they keep. */
const services: readonly Mutant[] = [
  {
    name: 'an order that never hears of its dispatch',
    breaks: 'I1',
    file: 'services/orders/src/order.ts',
    edits: [["moved(order, ['placed', 'paid'], 'dispatched')", "moved(order, ['paid'], 'dispatched')"]],
    tests: ['services/orders/test'],
  },
  {
    name: 'the same key makes a second order',
    breaks: 'I1',
    file: 'services/orders/src/order.ts',
    edits: [['if (before) return { state: order, reply: again(before, idempotency.fingerprint) }', '']],
    tests: ['services/orders/test/order.unit.test.ts'],
  },
  {
    name: 'capture without a key',
    breaks: 'I2',
    file: 'services/payments/src/psp.ts',
    edits: [["'idempotency-key': asked.reference", "'idempotency-key': crypto.randomUUID()"]],
    tests: ['services/payments/test/psp.unit.test.ts'],
  },
  {
    name: 'a stop while the card is charged is forgotten',
    breaks: 'I2',
    file: 'services/payments/src/payment.ts',
    edits: [
      ['return payment.stop ? { ...refunding(captured), events } : { state: captured, events }', 'return { state: captured, events }'],
    ],
    tests: ['services/payments/test/histories.unit.test.ts'],
  },
  {
    name: 'stock that is checked and not reserved',
    breaks: 'I3',
    file: 'services/warehouse/src/allocation.ts',
    edits: [["shared: move(shelf, items, 'onHand', 'reserved'), events: [reserved]", 'shared: [], events: [reserved]']],
    tests: ['services/warehouse/test/histories.unit.test.ts'],
  },
  {
    name: 'paid before it is reserved, and never sent',
    breaks: 'I3',
    file: 'services/warehouse/src/allocation.ts',
    edits: [['before.paid ? before : { ...before, paid: true }', 'before']],
    tests: ['services/warehouse/test/histories.unit.test.ts'],
  },
  {
    name: 'points for an order that was stopped during the hold',
    breaks: 'I4',
    file: 'services/loyalty/src/reward.ts',
    edits: [["  if (reward.stop) return { state: { ...reward, status: 'void' as const } }\n  return", '  return']],
    tests: ['services/loyalty/test/histories.unit.test.ts', 'services/loyalty/test/reward.unit.test.ts'],
  },
  {
    name: 'a mail for every repeat',
    breaks: 'I5',
    file: 'services/email/src/correspondence.ts',
    edits: [['    if (before.mails.some((mail) => mail.fact === fact)) return { state: before }\n', '']],
    tests: ['services/email/test/correspondence.unit.test.ts'],
  },
  {
    name: 'a new Message-ID with every attempt',
    breaks: 'I5',
    file: 'services/email/src/effects/send-mail.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    edits: [['`<${fact}.${orderId}@quadrille.example>`', '`<${crypto.randomUUID()}@quadrille.example>`']],
    tests: ['services/email/test/send-mail.unit.test.ts'],
  },
  {
    name: 'events that are decided and not appended',
    breaks: 'I6',
    file: `${messaging}/postgres/set-store.ts`,
    edits: [['[changes.events.length, () => appendEvents(', '[0, () => appendEvents(']],
    tests: [`${tests}/set-store.int.test.ts`, `${tests}/sets.int.test.ts`],
  },
  {
    name: 'a sequence with gaps',
    breaks: 'I7',
    file: `${messaging}/fold.ts`,
    edits: [['sequence: sequence + index + 1', 'sequence: sequence + index + 2']],
    tests: [`${tests}/fold.unit.test.ts`],
  },
  {
    name: 'a dead letter without its letter',
    breaks: 'I8',
    file: `${messaging}/postgres/set-store.ts`,
    edits: [['[changes.letters.length, () =>', '[0, () =>']],
    tests: [`${tests}/sets.int.test.ts`, `${tests}/set-store.int.test.ts`],
  },
  {
    name: 'no cause told',
    breaks: 'I9',
    file: `${messaging}/fold.ts`,
    edits: [['return { ...step.cause, causationId: step.id }', 'return step.cause']],
    tests: [`${tests}/fold.unit.test.ts`],
  },
  {
    name: 'a card charged again when its order comes again',
    breaks: 'I10',
    file: 'services/payments/src/payment.ts',
    edits: [["  if (payment.status !== 'new') return { state: payment }\n", '']],
    tests: ['services/payments/test/histories.unit.test.ts', 'services/payments/test/payment.unit.test.ts'],
  },
]

/** Mistakes in what keeps a process and its tables fit for years. */
const upkeep: readonly Mutant[] = [
  {
    name: 'an outage that counts as standing still',
    breaks: 'no outage ends a process, however long',
    file: `${messaging}/watchdog.ts`,
    edits: [['&& waiting && wellAround\n', '&& waiting\n']],
    tests: [`${tests}/watchdog.unit.test.ts`],
  },
  {
    name: 'an hour frozen that counts as an hour seen',
    breaks: 'a process that was frozen gets its full time',
    file: `${messaging}/watchdog.ts`,
    edits: [['Math.min(at - before.at, longestGapMs)', 'at - before.at']],
    tests: [`${tests}/watchdog.unit.test.ts`],
  },
  {
    name: "the lag of another member's partitions",
    breaks: 'a process answers for its own partitions only',
    file: `${messaging}/watched.ts`,
    edits: [['mine.has(keyOf(range)) && ', '']],
    tests: [`${tests}/watched.unit.test.ts`],
  },
  {
    name: 'a relay that goes on without its rights',
    breaks: 'a lost right ends the process',
    file: `${messaging}/relay.ts`,
    edits: [['    if (isLostRight(error)) onFatal(error)\n', '']],
    tests: [`${tests}/relay.unit.test.ts`],
  },
  {
    name: 'retention that waits for a set',
    breaks: 'nobody waits for retention, nor it for anybody',
    file: `${messaging}/postgres/retention.ts`,
    edits: [[' for update skip locked', '']],
    tests: [`${tests}/retention.int.test.ts`],
  },
  {
    name: 'a refused row forgotten by age',
    breaks: 'what was set aside never goes by age',
    file: `${messaging}/postgres/retention.ts`,
    edits: [[' and id <> all (array(select outbox_id from outbox_parked))', '']],
    tests: [`${tests}/retention.int.test.ts`],
  },
  {
    name: 'an inbox that forgets too soon',
    breaks: 'nothing that can still come back is forgotten',
    file: 'packages/service-kit/src/config.ts',
    edits: [['outbox + EVENT_DAYS + 1', 'outbox + 1']],
    tests: ['packages/service-kit/test/config.unit.test.ts'],
  },
  {
    name: 'orders taken beyond the limit',
    breaks: 'what was promised is passed on first',
    file: 'packages/service-kit/src/backlog.ts',
    edits: [['Math.max(unsent / OUTBOX_LIMIT, oldestAgeMs / OUTBOX_LIMIT_AGE_MS)', 'unsent / OUTBOX_LIMIT']],
    tests: ['services/orders/test/limits.unit.test.ts'],
  },
]

export const mutants: readonly Mutant[] = [...runtime, ...relay, ...services, ...upkeep]
