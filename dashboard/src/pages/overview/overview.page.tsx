import { Page } from '../../kit/page';

export default function OverviewPage() {
  return <Page title="Overview">soon</Page>;
}
