import { z } from 'zod';
import { BUILT_IN } from '../../built-in-defaults.js';
import { quoted } from '../../units/quoted.js';
import { plainText, text } from '../scalar.schema.js';

const ENGINE_URL = /^https?:\/\/(?:\[[0-9a-fA-F:]+\]|[^/?#@:[\]]+)(?::\d{1,5})?\/?$/;

function engineUrlProblem(url: string): string | null {
  if (ENGINE_URL.test(url) && URL.canParse(url)) return null;
  const advice = 'write scheme, host and port alone, such as http://127.0.0.1:2375';
  return url.startsWith('tcp://') ? `begins with tcp://: ${advice}` : `is no URL of an engine: ${advice}`;
}

const processAccess = z
  .strictObject({
    folder: plainText('a folder', 4_096).optional().meta({
      label: 'folder',
      default: BUILT_IN.drivers.process.folder,
      description:
        'Folder, made with mode 0700, where the balancer notes what it has started, and keeps what that writes.',
    }),
  })
  .meta({
    description:
      'Services may start commands on this machine, with the rights of the balancer. Whoever may change services over the admin API can then run anything here.',
  });

const dockerAccess = z
  .strictObject({
    socket: plainText('the path of a socket', 4_096).optional().meta({
      label: 'file path',
      default: BUILT_IN.drivers.docker.socket,
      description: 'Socket of the engine. Access to it is as good as root on the machine.',
    }),
    url: text(engineUrlProblem)
      .optional()
      .meta({
        label: 'URL',
        description: 'Address of the engine, or of a proxy before its socket, instead of `socket`.',
        examples: ['http://127.0.0.1:2375'],
      }),
  })
  .check(({ value, issues }) => {
    if (value.socket === undefined || value.url === undefined) return;
    issues.push({
      code: 'custom',
      message: `is another way to the engine than socket (${quoted(value.socket)}): remove one of the two`,
      path: ['url'],
      input: value.url,
    });
  })
  .meta({ description: 'Services may start containers, and labels of containers may be looked at.' });

const kubernetesAccess = z
  .strictObject({
    kubeconfig: plainText('a file path', 4_096).optional().meta({
      label: 'file path',
      description:
        'File with the clusters and users. Omitted: that of the pod in which the balancer runs, else `KUBECONFIG`, else `~/.kube/config`.',
    }),
    context: plainText('the name of a context', 256).optional().meta({
      label: 'name',
      description: 'Context of that file. Omitted: its current one.',
    }),
  })
  .meta({ description: 'Services may set the number of replicas of a Deployment.' });

/** What this process may reach and start things with. */
export const driversSchema = z
  .strictObject({
    process: processAccess.optional(),
    docker: dockerAccess.optional(),
    kubernetes: kubernetesAccess.optional(),
    webhook: z
      .strictObject({})
      .optional()
      .meta({ label: '`{}`', description: 'Services may have the wanted number posted to a URL.' }),
  })
  .meta({
    title: 'Drivers',
    description:
      'What services may be scaled with. A driver that is not named here cannot be used by a service; `{}` names one.',
  });
