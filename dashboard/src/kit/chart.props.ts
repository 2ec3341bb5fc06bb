import type uPlot from 'uplot';

export interface ChartSeries {
  readonly label: string;
  /** Token of its colour, such as `--series-1`. */
  readonly colour: string;
  /** The area below it is tinted. */
  readonly isFilled?: boolean;
  /** A value holds until the next one, as of counts: steps in place of slopes. */
  readonly isStepped?: boolean;
}

export interface ChartProps {
  readonly label: string;
  readonly series: readonly ChartSeries[];
  /** Unix seconds, then the values of each series; null: not known then. Replace it to draw it anew. */
  readonly data: uPlot.AlignedData;
  /** Of values: in the axis, the legend and the table. */
  readonly format: (value: number) => string;
  /** Of times in the legend and the table. Default: the time of day. */
  readonly formatTime?: (ms: number) => string;
  /** Pixels. Default: 180. */
  readonly height?: number;
  /** At least so many seconds wide, also while there is less data. Default: as wide as the data. */
  readonly leastSeconds?: number;
  /** Charts of the same name show their cursors at the same time. */
  readonly group?: string;
  /** A range was selected, in Unix milliseconds. Without it selecting does nothing. */
  readonly onSelect?: (fromMs: number, toMs: number) => void;
}
