import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, type Answer } from '../support/load.js';
import type { DockerEngine } from './docker.engine.js';
import type { Stack } from './stack.js';

/** The balancer's image in one container after the other, on a volume and a network of its own. */
export class Alone {
  private id = '';
  private config = '';

  private constructor(
    private readonly engine: DockerEngine,
    private readonly image: string,
    /** Of volume and network. */
    private readonly name: string,
  ) {}

  static async prepare({ engine, balancerImage, project }: Stack): Promise<Alone> {
    const name = `${project}-alone`;
    await engine.docker(['network', 'create', name]);
    await engine.docker(['volume', 'create', name]);
    return new Alone(engine, balancerImage, name);
  }

  /** Files of the next container's folder `config`, readable for its user; its health is then asked over TLS. */
  async mount(files: Readonly<Record<string, string>>): Promise<void> {
    this.config = await mkdtemp(join(tmpdir(), 'velocity-config-'));
    await chmod(this.config, 0o755);
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.config, name), text);
  }

  /** As hardened as the documentation says it may be. */
  async start(...command: readonly string[]): Promise<void> {
    const restricted = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
    const places = [`--network=${this.name}`, `--volume=${this.name}:/velocity/data`];
    const options = [...restricted, ...places, '--publish=127.0.0.1::8000'];
    if (this.config !== '') {
      options.push(`--volume=${this.config}:/velocity/config:ro`);
      options.push('--env=VELOCITY_HEALTH_URL=https://127.0.0.1:3000/health/ready');
    }
    this.id = await this.engine.docker(['run', '--detach', ...options, this.image, ...command]);
  }

  /** Of a GET over the published port. */
  async answer(): Promise<Answer> {
    const address = await this.engine.docker(['port', this.id, '8000']);
    return request({ port: Number(address.split(':').at(-1)), host: 'any.localhost' });
  }

  health(): Promise<string> {
    return this.engine.docker(['inspect', '--format', '{{.State.Health.Status}}', this.id]);
  }

  exec(...command: readonly string[]): Promise<string> {
    return this.engine.docker(['exec', this.id, ...command]);
  }

  /** Resolves with the exit code; the container is gone then. */
  async stop(): Promise<number> {
    await this.engine.docker(['stop', '--time', '40', this.id]);
    const code = await this.engine.docker(['inspect', '--format', '{{.State.ExitCode}}', this.id]);
    await this.engine.docker(['rm', this.id]);
    this.id = '';
    return Number(code);
  }

  async remove(): Promise<void> {
    if (this.id !== '') await this.engine.docker(['rm', '--force', this.id]);
    await this.engine.docker(['network', 'rm', this.name]);
    await this.engine.docker(['volume', 'rm', this.name]);
    if (this.config !== '') await rm(this.config, { recursive: true, force: true });
  }
}
