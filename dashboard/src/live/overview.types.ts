/** What the stream of the overview says, as the server declares it. */
export type {
  ChangeEvent,
  Overview,
  OverviewBackend as LiveBackend,
  OverviewService as LiveService,
  OverviewTraffic as Traffic,
} from '../../../src/modules/admin/resources/event.resource';
