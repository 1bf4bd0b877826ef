import { commonConfig } from '@quadrille/service-kit'
import { z } from 'zod'

export const EmailConfig = z.object({
  ...commonConfig({ service: 'email', port: 3004 }),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL' })
    .default('smtp://127.0.0.1:1025')
    .meta({ example: 'smtps://user:password@mail.example.com' }),
  MAIL_FROM: z.string().min(3).default('Quadrille <shop@quadrille.example>').meta({ example: 'Shop <shop@example.com>' }),
})
