import { runTestServer } from './cli/commands/test-server.command.js';

/* The test server alone, told by its environment: what docker/test-server.Dockerfile runs. */
process.exitCode = await runTestServer({}, process);
