import { expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/balancer.fixture.js';
import { WeightedDraw } from './weighted-draw.js';

it.each([[[1]], [[1, 1, 1]], [[3, 1]], [[1, 1000]], [[5, 0.5, 2, 2, 9, 1]]])(
  'draws %j in proportion',
  (weights) => {
    const draws = new WeightedDraw(weights, seededRandom(5));
    const count = 200_000;
    const drawn = weights.map(() => 0);
    for (let draw = 0; draw < count; draw++) drawn[draws.draw()]! += 1;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      const share = weight / total;
      // Five standard deviations of a binomial count.
      expect(Math.abs(drawn[index]! - count * share)).toBeLessThan(
        5 * Math.sqrt(count * share * (1 - share)) + 1e-9 + 0.5,
      );
    }
  },
);
