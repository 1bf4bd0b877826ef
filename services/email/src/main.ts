import { configOfProcess, runService } from '@quadrille/service-kit'
import { EmailConfig } from './config.ts'
import { email } from './service.ts'
import { createSmtpWorld } from './smtp.ts'

const config = configOfProcess(EmailConfig)
const world = createSmtpWorld({ url: config.SMTP_URL, from: config.MAIL_FROM })
await runService({ service: email, config, world, migrations: new URL('./migrations', import.meta.url) })
