import type { AlgorithmName } from '../../../common/contract/index.js';
import type { RandomSource } from '../weighted-draw.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';
import { HeaderHashAlgorithm } from './header-hash.algorithm.js';
import { IpHashAlgorithm } from './ip-hash.algorithm.js';
import { LeastConnectionsAlgorithm } from './least-connections.algorithm.js';
import { PeakEwmaAlgorithm } from './peak-ewma.algorithm.js';
import { PowerOfTwoChoicesAlgorithm } from './power-of-two-choices.algorithm.js';
import { RandomAlgorithm } from './random.algorithm.js';
import { RoundRobinAlgorithm } from './round-robin.algorithm.js';
import { StickyRoundRobinAlgorithm } from './sticky-round-robin.algorithm.js';
import { UrlHashAlgorithm } from './url-hash.algorithm.js';
import { WeightedRoundRobinAlgorithm } from './weighted-round-robin.algorithm.js';

type AlgorithmMaker = (scope: AlgorithmScope, random: RandomSource) => Algorithm;

/** Every name has its maker: a new algorithm is a name in the contract, a file, and a line here. */
const MAKERS: Record<AlgorithmName, AlgorithmMaker> = {
  'round-robin': (scope) => new RoundRobinAlgorithm(scope),
  'weighted-round-robin': (scope) => new WeightedRoundRobinAlgorithm(scope),
  'least-connections': (scope) => new LeastConnectionsAlgorithm(scope),
  random: (_scope, random) => new RandomAlgorithm(random),
  'power-of-two-choices': (scope, random) => new PowerOfTwoChoicesAlgorithm(scope, random),
  'peak-ewma': (scope, random) => new PeakEwmaAlgorithm(scope, random),
  'ip-hash': (scope) => new IpHashAlgorithm(scope),
  'url-hash': (scope) => new UrlHashAlgorithm(scope),
  'header-hash': (scope) => new HeaderHashAlgorithm(scope),
  'sticky-round-robin': (scope) => new StickyRoundRobinAlgorithm(scope),
};

/** The algorithm that a service's settings name, for that service alone. */
export function createAlgorithm(scope: AlgorithmScope, random: RandomSource = Math.random): Algorithm {
  return MAKERS[scope.service.algorithm.name](scope, random);
}
