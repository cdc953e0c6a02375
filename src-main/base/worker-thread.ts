// Starts a worker from the source tree (.ts, Node strips the types) or from the built tree (.js, same relative path).
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * @param moduleUrl `import.meta.url` of the caller
 * @param path relative path without extension: `./driver-worker`
 */
export function startWorkerThread(moduleUrl: string, path: string, options: WorkerOptions = {}): Worker {
  const extension = moduleUrl.endsWith('.ts') ? '.ts' : '.js'
  return new Worker(new URL(path + extension, moduleUrl), options)
}
