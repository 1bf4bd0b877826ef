import { request } from 'node:http'

/** What we ask of a Docker engine before we rely on it. */
export interface DockerEngine {
  answers(): Promise<boolean>
  /** Here, or to be had from a registry that answers within a few seconds. */
  canRun(image: string): Promise<boolean>
}

const LOCAL = 'unix:///var/run/docker.sock'

/** The engine that `DOCKER_HOST` names, or the local one. */
export function dockerEngine(host = process.env.DOCKER_HOST || LOCAL): DockerEngine {
  const ok = (path: string, longestMs: number) => get(host, path, longestMs).then((status) => status === 200)
  return {
    answers: () => ok('/_ping', 1_000),
    canRun: async (image) => (await ok(`/images/${image}/json`, 2_000)) || (await ok(`/distribution/${image}/json`, 5_000)),
  }
}

/** The status of the answer; 0 where there is none. */
function get(host: string, path: string, longestMs: number): Promise<number> {
  const { protocol, hostname, port, pathname } = new URL(host)
  if (!['unix:', 'tcp:', 'http:'].includes(protocol)) return Promise.resolve(0)
  const where = protocol === 'unix:' ? { socketPath: pathname } : { hostname, port: port || 2375 }
  return new Promise((resolve) => {
    const asked = request({ ...where, path, timeout: longestMs }, (answer) => {
      resolve(answer.statusCode ?? 0)
      answer.resume()
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(0))
    asked.end()
  })
}
