import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Mailbox } from './mailbox.ts'
import { readMail } from './reading.ts'
import type { Switch } from './switch.ts'

const notNow = () => Object.assign(new Error('try again later'), { responseCode: 451 })

/** Takes any mail from anybody. A mail is acknowledged only once it is on disk. */
export function createSmtp(mailbox: Mailbox, state: Switch): SMTPServer {
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 500,
    onMailFrom: (_from, _session, done) => done(state.down ? notNow() : null),
    onData(stream, session, done) {
      take(stream, session).then(
        (answers) => answers && done(),
        () => done(notNow()),
      )
    },
  })

  /** Whether the sender is to be told. */
  async function take(stream: Readable, session: SMTPServerSession): Promise<boolean> {
    // A connection that ends before the last dot rejects here, and nothing is kept.
    const raw = await buffer(stream)
    const drops = state.dropAfterAccept > 0
    if (drops) state.dropAfterAccept -= 1
    const recipients = session.envelope.rcptTo.map(({ address }) => address)
    await mailbox.receive(await readMail(raw, recipients))
    if (drops) hangUp(session)
    return !drops
  }

  function hangUp({ id }: SMTPServerSession): void {
    for (const connection of smtp.connections) if (connection.session.id === id) connection.close()
  }

  // A client that breaks off is its own business, and an 'error' without a listener would end the process.
  return smtp.on('error', () => {})
}
