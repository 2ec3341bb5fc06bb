import { z } from 'zod';
import { CONCEALED } from '../../../secrets/index.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import { imageNameProblem } from '../../units/image-name.js';
import { portRangeProblem } from '../../units/port-range.js';
import { quoted } from '../../units/quoted.js';
import { LABEL } from '../names.schema.js';
import { duration, listOf, plainText, size, text, wholeNumber } from '../scalar.schema.js';

const MIB = 1_024 ** 2;
const MAX_ARGUMENT = 32_768;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const PORT_NAME = /^(?=.*[a-z])[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/;
const MIN_SECRET = 16;

/** Said of what is no text, without repeating it: it may be a secret. */
const secretTypeError = ({ input }: { readonly input?: unknown }) =>
  input === undefined ? undefined : 'must be a text: put it in quotes';

/** Anything but the zero byte, which ends an argument. Never repeated in a message: it may be a secret. */
const argument = text((value) => {
  if (value.length > MAX_ARGUMENT) return `is ${value.length} characters long: write at most ${MAX_ARGUMENT}`;
  return value.includes('\0') ? 'has a zero byte: remove it' : null;
}, secretTypeError).meta({ label: 'text' });

const env = z
  .record(
    text((name) =>
      ENV_NAME.test(name) ? null : `${quoted(name)} is no name of a variable: write letters, digits and "_"`,
    ),
    argument,
    { error: 'must be an object: names of variables with their values' },
  )
  .optional()
  .meta({ label: 'object', default: {} });

const stop = duration({ min: 0, max: 600_000 }).optional().meta({
  default: BUILT_IN.scaling.stop,
  description: 'From SIGTERM to SIGKILL, once it is drained.',
});

export const processDriverSchema = z
  .strictObject({
    command: plainText('a program', 4_096).meta({
      label: 'program',
      description: 'Program, looked up in `PATH`. It is started without a shell.',
      examples: ['node'],
    }),
    args: z
      .array(argument)
      .max(1_000)
      .optional()
      .meta({
        default: [],
        description:
          'Arguments. `{port}` in them, and in `env`, is the port that the process is to listen on, which it also has as `PORT`.',
        examples: [['server.js', '--port', '{port}']],
      }),
    env: env.meta({
      label: 'object',
      default: {},
      description: 'Variables on top of the environment of the balancer.',
      examples: [{ NODE_ENV: 'production' }],
    }),
    folder: plainText('a folder', 4_096).optional().meta({
      label: 'folder',
      description: 'Working folder. Omitted: that of the balancer.',
    }),
    ports: z.union([text(portRangeProblem), wholeNumber(1, 65_535)]).meta({
      label: 'ports',
      description:
        'First and last port that may be taken; at least `max` of them. One that something else listens on is passed over.',
      examples: ['9200-9299'],
    }),
    stop,
  })
  .meta({ title: 'Process', description: 'Each copy is a process on this machine.' });

const labelKey = text((key) => {
  if (key === '' || key.length > 256) return 'is no label: write 1 to 256 characters';
  return key.startsWith('velocity.')
    ? `${quoted(key)} is set by the balancer: labels that begin with velocity. are its own`
    : null;
});

export const dockerDriverSchema = z
  .strictObject({
    image: text(imageNameProblem).meta({
      label: 'image',
      description: 'Image of the containers.',
      examples: ['registry.example.com/shop/web:3'],
    }),
    command: listOf(argument, 1_000).optional().meta({
      description: 'Command in the container. Omitted: that of the image.',
    }),
    env: env.meta({ label: 'object', default: {}, description: 'Variables of the containers.' }),
    port: wholeNumber(1, 65_535).meta({
      description: 'Port on which the application listens in the container.',
    }),
    network: plainText('the name of a network', 256)
      .optional()
      .meta({
        label: 'name',
        description:
          'Network on which the balancer reaches the containers. Omitted: the port is published on the loopback address of the machine.',
        examples: ['web'],
      }),
    memory: size({ min: 6 * MIB, max: 16 * 1_024 ** 4 })
      .optional()
      .meta({ description: 'Memory that a container may use. Omitted: any.', examples: ['256MiB'] }),
    cpus: z
      .number()
      .min(0.01, {
        error: ({ input }) => `${String(input)} is out of range: write a number from 0.01 to 1024`,
      })
      .max(1_024, {
        error: ({ input }) => `${String(input)} is out of range: write a number from 0.01 to 1024`,
      })
      .optional()
      .meta({
        label: 'number, 0.01 to 1024',
        description: 'Cores that a container may use. Omitted: any.',
        examples: [0.5],
      }),
    labels: z.record(labelKey, argument).optional().meta({
      label: 'object',
      default: {},
      description: 'Labels of the containers, beside those that the balancer knows its own by.',
    }),
    stop,
  })
  .meta({ title: 'Docker', description: 'Each copy is a container.' });

function kubernetesName(what: string, pattern: RegExp, max: number) {
  return text((value) =>
    pattern.test(value) && value.length <= max
      ? null
      : `${quoted(value)} is no name of a ${what}: write lower-case letters, digits and "-"`,
  ).meta({ label: 'name' });
}

export const kubernetesDriverSchema = z
  .strictObject({
    namespace: kubernetesName('namespace', LABEL, 63).optional().meta({
      description: 'Omitted: that of the balancer’s own pod, or of the context.',
    }),
    deployment: kubernetesName('deployment', SUBDOMAIN, 253).meta({
      description: 'Deployment whose replicas are set. Nothing else may scale it.',
    }),
    service: kubernetesName('service', LABEL, 63).meta({
      description: 'Service whose EndpointSlices are the backends.',
    }),
    port: z
      .union([
        wholeNumber(1, 65_535),
        text((value) =>
          PORT_NAME.test(value) ? null : `${quoted(value)} is no port: write its name or its number`,
        ),
      ])
      .optional()
      .meta({
        label: 'name or number',
        description: 'Port of the service. Omitted: the only one that it has.',
      }),
  })
  .meta({ title: 'Kubernetes', description: 'Each copy is a pod of a Deployment.' });

/** It may hold a password: it is never repeated in a message. */
function webhookUrlProblem(url: string): string | null {
  const parsed = /^https?:\/\/[^/?#]/.test(url) ? URL.parse(url) : null;
  if (parsed === null) return 'is no URL: write for example https://scaler.example.com/shop';
  if (parsed.username !== '' || parsed.password !== '')
    return 'has a user name or a password in it, which everybody could read here: remove it, requests are signed with secret';
  return parsed.hash === '' ? null : 'has a fragment (#), which is never sent: remove it';
}

export const webhookDriverSchema = z
  .strictObject(
    {
      url: text(webhookUrlProblem).meta({
        label: 'URL',
        description:
          'Where the wanted number is posted to. Everybody who may read the configuration sees it.',
        examples: ['https://scaler.example.com/shop'],
      }),
      secret: text((value) => {
        if (value === CONCEALED || value.length >= MIN_SECRET) return null;
        return `is too short for a secret: write at least ${MIN_SECRET} characters, such as those of \`openssl rand -hex 32\``;
      }, secretTypeError).meta({
        label: 'text',
        minLength: 3,
        description: `Key of the signature in \`Velocity-Signature\`, at least ${MIN_SECRET} characters. Only admins see it.`,
        examples: ['${SCALER_SECRET}'],
      }),
      timeout: duration({ min: 100, max: 60_000 }).optional().meta({
        default: BUILT_IN.scaling.webhookTimeout,
        description: 'How long an answer may take.',
      }),
    },
    // Whatever stands there instead may be the secret.
    { error: ({ code }) => (code === 'invalid_type' ? 'must be an object with url and secret' : undefined) },
  )
  .meta({
    title: 'Webhook',
    description:
      'Somebody else starts and ends the copies. Their backends are typed in, or found by `discovery`.',
  });

/** One of them per service, under its name. */
export const DRIVER_SCHEMAS = {
  process: processDriverSchema,
  docker: dockerDriverSchema,
  kubernetes: kubernetesDriverSchema,
  webhook: webhookDriverSchema,
};

export type ProcessDriverInput = z.output<typeof processDriverSchema>;
export type DockerDriverInput = z.output<typeof dockerDriverSchema>;
export type KubernetesDriverInput = z.output<typeof kubernetesDriverSchema>;
export type WebhookDriverInput = z.output<typeof webhookDriverSchema>;
