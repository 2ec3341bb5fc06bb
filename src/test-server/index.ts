export {
  parseTestServerOptions,
  type TestServerInput,
  type TestServerOptions,
} from './test-server.options.js';
export { startTestServer, type TestServerHandle } from './test-server.js';
export { TestServerState } from './test-server.state.js';
export { usages } from './test-server.routes.js';
