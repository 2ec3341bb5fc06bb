import { runTestServer } from '../../src/cli/commands/test-server.command.ts';

/** A test server of its own process, straight from source; its options come from the environment. */
process.exitCode = await runTestServer({ readyJson: true, withParent: true }, process);
