/** What stands before the tables of the reference page. */
export const PAGE_START = `# Configuration

<!-- Generated from src/common/config by \`npm run generate\`: edit the schema, not this page. -->

Velocity reads one YAML file, \`config/velocity.yml\` unless another one is named. JSON is YAML and loads too.
The first line below lets editors complete keys and check values:

\`\`\`yaml
# yaml-language-server: $schema=./velocity.schema.json
services: []
\`\`\`

\`velocity validate config/velocity.yml\` reports everything that is wrong at once, each with file, line and column,
and ends with exit code 2; \`--json\` is for programs. Unknown keys are errors: a key that did nothing would be a lie.
The file is UTF-8, one YAML 1.2 document of at most 8 MiB. Anchors and aliases work; tags and merge keys (\`<<\`) do not.

While the balancer runs, a change of the file is applied as a whole or not at all. A broken edit is refused with its
errors, and what runs stays.

## Values

- **Durations** are a number and a unit: \`250ms\`, \`5s\`, \`1.5m\`, \`1h\`, \`30d\`. Some may be \`off\`. A bare number is
  refused, because no one can tell seconds from milliseconds.
- **Sizes** are a number and a unit: \`16KiB\` (1024 each), \`1MB\` (1000 each).
- **Placeholders**: \`\${NAME}\` becomes the environment variable, \`\${NAME:-default}\` the default when it is not set
  or empty. A variable that is not set and has no default is an error. A value that is one placeholder and nothing else may
  also stand for a number or for true and false. Inside of \`{ }\` and \`[ ]\`, YAML wants them in quotes:
  \`{ port: "\${PORT}" }\`. \`$\${\` is \`\${\` itself. Keys, and bodies of the admin API, are never replaced.`;

/** What stands after the tables. */
export const PAGE_END = `## Older keys

These still load, with a notice that names the new one. An older key next to its new one is an error.

| Older key | Now |
| --- | --- |
| \`api_port\` | \`admin.port\` |
| \`listen_port\` | \`listeners[0].port\` |
| \`domain\` of a service | \`hosts\`; a service without \`name\` is called after it |
| \`targetURLs\` of a service | \`backends\` |
| \`algorythm\` of a service | \`algorithm\`: \`RoundRobin\` is \`round-robin\`, \`LeastConnections\` is \`least-connections\` |`;
