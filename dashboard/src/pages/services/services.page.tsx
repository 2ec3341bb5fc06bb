import { Page } from '../../kit/page';

export default function ServicesPage() {
  return <Page title="Services">soon</Page>;
}
