import { EventEmitter } from 'node:events'
import { openJournal } from '@quadrille/psp/journal'

/** One mail as it was accepted. A repeat is one more mail with the same `messageId`: a witness never removes duplicates. */
export type Mail = {
  id: number
  receivedAt: string
  messageId: string
  from: string
  to: string[]
  /** Whom the SMTP envelope named, which is whom the mail reaches. */
  recipients: string[]
  subject: string
  text: string
  html: string
  /** The headers `X-*`, by lower-case name. */
  headers: Record<string, string>
  orderId?: string
}
export type ReceivedMail = Omit<Mail, 'id' | 'receivedAt'>
export type Wanted = { to?: string | undefined; orderId?: string | undefined }

type Entry = { kind: 'received'; mail: Mail } | { kind: 'emptied'; at: string }

export type Mailbox = Awaited<ReturnType<typeof openMailbox>>

/** Every accepted mail in the order of its arrival, kept in a journal of its own. */
export async function openMailbox(path: string) {
  const journal = await openJournal<Entry>(path)
  const changes = new EventEmitter<{ received: [Mail]; emptied: [] }>().setMaxListeners(0)
  let mails: Mail[] = []
  let lastId = lastIdOf(journal.replayed)

  function apply(entry: Entry): void {
    if (entry.kind === 'emptied') mails = []
    else mails.push(entry.mail)
  }

  journal.replayed.forEach(apply)
  return {
    changes,
    find: ({ to, orderId }: Wanted = {}) => mails.filter((mail) => (!to || reaches(mail, to)) && (!orderId || mail.orderId === orderId)),
    get: (id: number) => mails.find((mail) => mail.id === id),
    /** Shown once it is on disk; the sender is answered after that. */
    async receive(received: ReceivedMail): Promise<void> {
      const mail = { id: ++lastId, receivedAt: new Date().toISOString(), ...received }
      await journal.append({ kind: 'received', mail })
      apply({ kind: 'received', mail })
      changes.emit('received', mail)
    },
    async empty(): Promise<void> {
      await journal.append({ kind: 'emptied', at: new Date().toISOString() })
      apply({ kind: 'emptied', at: '' })
      changes.emit('emptied')
    },
    close: () => journal.close(),
  }
}

/** Counts on after the sink was emptied, so that a page never takes a new mail for an old one. */
const lastIdOf = (entries: Entry[]) => entries.findLast((entry) => entry.kind === 'received')?.mail.id ?? 0

const reaches = ({ recipients }: Mail, to: string) => recipients.some((recipient) => recipient.toLowerCase() === to.toLowerCase())
