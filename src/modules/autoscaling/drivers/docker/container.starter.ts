import type Dockerode from 'dockerode';
import type { DockerDriverConfig } from '../../../../common/config/index.js';
import { VelocityError } from '../../../../common/errors/index.js';
import { EngineRefusal, type EngineClient } from '../../../../common/docker/index.js';
import { containerName, containerSettings } from './container-settings.js';

/** Creating and starting make file systems and networks: seconds each on a busy machine. */
const DEADLINE_MS = 60_000;
const NAME_ATTEMPTS = 3;

export interface StartedFor {
  readonly service: string;
  /** Value of the label that says whose container it is. */
  readonly mark: string;
}

/** Starts one container of a service; one that does not come up is not left behind. */
export class ContainerStarter {
  constructor(
    private readonly engine: EngineClient,
    private readonly config: DockerDriverConfig,
    private readonly whose: StartedFor,
  ) {}

  /** Rejects with DRIVER_REFUSED or DRIVER_UNAVAILABLE. */
  async start(): Promise<void> {
    try {
      const id = await this.create();
      await this.startCreated(id);
    } catch (error) {
      throw error instanceof EngineRefusal ? this.refused(error) : error;
    }
  }

  private async create(): Promise<string> {
    const body = containerSettings(this.config, this.whose.mark);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.engine.call(async (docker, abortSignal) => {
          // Apart, for otherwise dockerode repeats all of the body in the URL, with the passwords of the environment.
          const query = { _query: { name: containerName(this.whose.service) }, _body: body };
          const options = { ...query, abortSignal } as Dockerode.ContainerCreateOptions;
          return (await docker.createContainer(options)).id;
        }, DEADLINE_MS);
      } catch (error) {
        const isTaken = error instanceof EngineRefusal && error.status === 409;
        if (!isTaken || attempt === NAME_ATTEMPTS) throw error;
      }
    }
  }

  private async startCreated(id: string): Promise<void> {
    try {
      await this.engine.call(
        (docker, abortSignal) => docker.getContainer(id).start({ abortSignal }),
        DEADLINE_MS,
      );
    } catch (error) {
      await this.engine
        .call((docker) => docker.getContainer(id).remove({ force: true, v: true }))
        // The first error says what is wrong; what stays is listed as one that never came up.
        .catch(() => undefined);
      throw error;
    }
  }

  private refused(error: EngineRefusal): VelocityError {
    const { image, network } = this.config;
    if (error.status === 404 && /network/i.test(error.message)) {
      const advice = `create it (docker network create ${network}), or name another one`;
      return refusal(`the engine at ${this.engine.where} has no network "${network}": ${advice}`, error);
    }
    // What cannot be run is also reported as a failure of the engine.
    if (/OCI runtime|executable file not found|exec format/i.test(error.message)) {
      return refusal(`the command of the image "${image}" cannot be run: ${error.message}`, error);
    }
    return error.asVelocityError(`a container of the image "${image}" cannot be started`);
  }
}

function refusal(message: string, cause: unknown): VelocityError {
  return new VelocityError('DRIVER_REFUSED', message, { cause });
}
