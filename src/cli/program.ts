import { addAudit, addBalancers, addToken } from './definitions/access.definition.js';
import { addBench } from './definitions/bench.definition.js';
import { addBan, addBans } from './definitions/ban.definition.js';
import {
  addApply,
  addDiff,
  addGuardVerdicts,
  addHistory,
  addPlan,
  addRollback,
} from './definitions/change.definition.js';
import { addDoctor } from './definitions/doctor.definition.js';
import { addGlobalOptions } from './definitions/global.options.js';
import { addExplain } from './definitions/explain.definition.js';
import { addDiscovery } from './definitions/discovery.definition.js';
import { addLogs, addStatus } from './definitions/observation.definition.js';
import { addRun, addTestServer, addValidate } from './definitions/run.definition.js';
import { addBackends, addServices } from './definitions/services.definition.js';
import { addCompletion, addVersion } from './definitions/shell.definition.js';
import { addScaling } from './definitions/scaling.definition.js';
import { addSimulate } from './definitions/simulate.definition.js';
import { addTop } from './definitions/top.definition.js';
import { ExitCode } from './exit-code.js';
import { VelocityCommand } from './velocity.command.js';
import { readVersion } from './version.js';

/** The command line. Each command loads its code when it is called, so that `--help` and `validate` stay quick. */
export function buildProgram(): VelocityCommand {
  const program = new VelocityCommand('velocity');
  program
    .description('A software HTTP load balancer: routes, balances, checks health and records every request.')
    .version(readVersion(), '-V, --version')
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.invalid);
    });
  addGlobalOptions(program);
  program.commandsGroup('Run:');
  addRun(program);
  addValidate(program);
  addTestServer(program);
  addBench(program);
  addSimulate(program);
  program.commandsGroup('Look:');
  addStatus(program);
  addLogs(program);
  addTop(program);
  addExplain(program);
  addDoctor(program);
  addScaling(program);
  addBalancers(program);
  addDiscovery(program);
  addAudit(program);
  addBans(program);
  program.commandsGroup('Change:');
  addPlan(program);
  addApply(program);
  addGuardVerdicts(program);
  addRollback(program);
  addHistory(program);
  addDiff(program);
  addServices(program);
  addBackends(program);
  addBan(program);
  program.commandsGroup('More:');
  addToken(program);
  addCompletion(program);
  addVersion(program);
  return program;
}
