import { writeFile } from 'node:fs/promises';
import { isVelocityError } from '../../common/errors/index.js';
import { simulate } from '../../modules/autoscaling/simulation/index.js';
import { CommandFailure } from '../command.failure.js';
import type { Session } from '../session.js';
import { readLoad } from '../simulate/load.source.js';
import type { SimulateFlags } from '../simulate/simulate.flags.js';
import { invalid, readService } from '../simulate/simulated.service.js';
import { reportOf, type SimulationReport } from '../simulate/simulation.report.js';
import { simulationSvg } from '../simulate/simulation.svg.js';
import { printSimulation } from '../simulate/simulation.view.js';

/** Shows what a load would do to a service: the course of its backends, latency and cost. */
export async function runSimulate(
  session: Session,
  file: string | undefined,
  flags: SimulateFlags,
): Promise<void> {
  const { terminal } = session;
  const service = await readService(session, flags);
  const { recorded, ...load } = await readLoad(session, file, flags);
  const { name, settings, model } = service;
  let report: SimulationReport;
  try {
    report = reportOf(name, simulate({ settings, model, ...load, price: flags.price }), recorded);
  } catch (error) {
    throw isVelocityError(error) ? invalid(error.message, error) : error;
  }
  if (flags.svg !== undefined) await write(flags.svg, simulationSvg(report));
  if (terminal.json) return terminal.printJson(report);
  printSimulation(terminal, report);
  if (flags.svg !== undefined) terminal.say(`The picture is in ${flags.svg}.`);
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(`${path} cannot be written: ${error.message}`, { cause: error });
  });
}
