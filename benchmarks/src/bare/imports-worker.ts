import { serve } from '../worker.ts'

/** Whatever a service imports, and nothing of what it does. */
serve({
  load: async (service: string) => {
    await Promise.all([import('@quadrille/service-kit'), import(`@quadrille/${service}`)])
    return true
  },
})
