export { createMail, type MailSink } from './app.ts'
export { type MailConfig, readConfig } from './config.ts'
export type { Mail } from './mailbox.ts'
export type { Switch } from './switch.ts'
