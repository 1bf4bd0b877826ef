import type { Faults, Life, Scheduler } from '@quadrille/testing/memory'

export interface Delivered {
  readonly messageId: string
  readonly orderId: string
  readonly to: string
  readonly subject: string
}

/** The customers' mailboxes of one history: everything that was ever accepted, repeats too. */
export interface SimulatedMailbox {
  readonly mails: Delivered[]
  downUntil: number
  lostAnswers: number
  connect(life: Life): object
}

export function createMailbox(scheduler: Scheduler, { note }: Pick<Faults, 'note'>): SimulatedMailbox {
  const mailbox: SimulatedMailbox = {
    mails: [],
    downUntil: 0,
    lostAnswers: 0,
    connect: (life) => ({
      async send(mail: Delivered) {
        await scheduler.step(life)
        if (scheduler.now() < mailbox.downUntil) {
          note('mailDown')
          throw new Error('451 try again later')
        }
        mailbox.mails.push(mail)
        await scheduler.step(life)
        if (mailbox.lostAnswers > 0 && scheduler.chance.happens(mailbox.lostAnswers)) {
          note('mailUnanswered')
          throw new Error('the connection broke')
        }
        return { messageId: mail.messageId }
      },
    }),
  }
  return mailbox
}
