/** The import directions of docs/architecture.md. `npm run architecture` checks them, and so does `npm test`. */
const MODULES = {
  registry: [],
  balancer: [],
  proxy: ['balancer'],
  logging: ['registry'],
  access: ['registry'],
  coordination: ['registry'],
  storage: ['registry', 'access', 'bans', 'logging', 'coordination'],
  tracing: [],
  'data-plane': ['registry', 'balancer', 'proxy', 'logging', 'tracing'],
  bans: ['registry', 'logging', 'data-plane'],
  health: ['registry', 'data-plane'],
  metrics: ['registry', 'data-plane'],
  outages: ['data-plane', 'health', 'logging'],
  explain: ['balancer', 'proxy', 'logging', 'data-plane'],
  changes: ['registry', 'balancer', 'proxy', 'logging', 'data-plane'],
  discovery: ['registry', 'coordination', 'logging', 'data-plane'],
  autoscaling: ['registry', 'coordination', 'data-plane', 'logging', 'metrics'],
};

const directions = Object.entries(MODULES).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `${name} may import common${allowed.map((other) => `, ${other}`).join('')} and nothing else of ours`,
  severity: 'error',
  from: { path: `^src/modules/${name}/` },
  to: { path: '^src/', pathNot: `^src/(common/|modules/(${[name, ...allowed].join('|')})/)` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...directions,
    {
      name: 'common-stands-alone',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/(?!common/)' },
    },
    {
      name: 'nobody-imports-admin',
      severity: 'error',
      from: { path: '^src/modules/(?!admin/)' },
      to: { path: '^src/modules/admin/' },
    },
    {
      name: 'through-the-index',
      comment:
        'a module is reached through its index.ts, logging by its thread through log-store.ts; *.module.ts only by module files and the roots',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^src/modules/([^/]+)/',
        pathNot: [
          '^src/modules/$1/',
          '^src/modules/[^/]+/index\\.ts$',
          '^src/modules/logging/log-store\\.ts$',
          '\\.module\\.ts$',
        ],
      },
    },
    {
      name: 'light-log-store',
      comment:
        'the thread of the access log, and the stores that it loads, know of logging what is made for it',
      severity: 'error',
      from: { path: '^src/(log-store\\.worker\\.ts$|modules/storage/)', pathNot: '\\.(module|spec)\\.ts$' },
      to: { path: '^src/modules/logging/', pathNot: '^src/modules/logging/log-store\\.ts$' },
    },
    {
      name: 'log-store-for-its-thread',
      comment: 'everybody else reaches logging through its index.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/modules/(logging|storage)/', '^src/log-store\\.worker\\.ts$'] },
      to: { path: '^src/modules/logging/log-store\\.ts$' },
    },
    {
      name: 'module-files-wire',
      comment: '*.module.ts is imported only by module files and the roots',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['\\.module\\.ts$', '^src/[^/]+\\.ts$', '^src/control-plane/', '\\.spec\\.ts$'],
      },
      to: { path: '^src/.*\\.module\\.ts$' },
    },
    {
      name: 'light-worker',
      comment: 'what a worker loads knows no framework and no store',
      severity: 'error',
      from: { path: '^src/data-plane\\.worker\\.ts$' },
      to: {
        path: 'node_modules/(@nestjs|rxjs|mongoose|express|@nestjs/mongoose|prom-client|zod|yaml|@opentelemetry)/',
        reachable: true,
      },
    },
    {
      name: 'dashboard-imports',
      comment: 'the dashboard knows the shapes of the API, and nothing else of the server',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: {
        path: '^src/',
        pathNot: '^src/(modules/admin/resources/|common/contract/(algorithms|drop-reasons)\\.ts$)',
      },
    },
    {
      name: 'dashboard-takes-types',
      comment: 'what is drawn from the API is its types: a browser loads no schema library',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^src/modules/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: [
          '\\.spec\\.ts$',
          '^src/main\\.ts$',
          '^src/data-plane\\.worker\\.ts$',
          '^src/log-store\\.worker\\.ts$',
          '\\.d\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
