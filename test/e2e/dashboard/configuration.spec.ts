import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

interface ShownService {
  readonly definition: { readonly paths: readonly string[] };
}

describe.skipIf(!findChromium())('the configuration in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
    await dashboard.traffic(12, '/api/users');
  });

  const editor = () => dashboard.page.getByLabel('Desired state as YAML');
  const dialog = (name: string) => dashboard.page.getByRole('dialog', { name });
  const pathsOf = async (service: string) =>
    (await dashboard.balancer.api<ShownService>('GET', `/api/v1/services/${service}`)).body.definition.paths;
  const revision = async () =>
    (await dashboard.balancer.api<{ revision: number }>('GET', '/api/v1/status')).body.revision;
  /** Opens the editor with what runs, whatever was in it before. */
  const openEditor = async () => {
    await dashboard.page.goto('about:blank');
    await dashboard.open('/configuration');
    await editor().waitFor();
    return editor().inputValue();
  };
  /** Plans what is in the editor and applies it. */
  const apply = async (note: string, beforeSubmit: () => Promise<unknown> = () => Promise.resolve()) => {
    const { page } = dashboard;
    await page.getByText('Would change').waitFor();
    await page.getByRole('button', { name: 'Plan' }).click();
    await dialog('Plan').getByRole('button', { name: 'Apply …' }).click();
    await page.getByLabel('Why').fill(note);
    await beforeSubmit();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
  };

  it('says where it is wrong and what was meant, while it is typed', async () => {
    const { page } = dashboard;
    const text = await openEditor();
    await page.getByText('valid', { exact: true }).waitFor();
    const line = text.split('\n').findIndex((one) => one.includes('round-robin')) + 1;
    await editor().fill(text.replace('round-robin', 'round-robbin'));
    const issue = page.getByRole('button', { name: new RegExp(`Line ${line}, `) });
    await issue.waitFor();
    expect(await issue.innerText()).toContain('algorithm');
    expect(await issue.innerText()).toContain('round-robin');
    expect(await page.locator(`[data-line="${line}"]`).count()).toBe(2);
    expect(await page.getByRole('button', { name: 'Plan' }).getAttribute('aria-disabled')).toBe('true');
    await issue.click();
    const selected = await editor().evaluate(
      (area: HTMLAreaLike) => area.value.slice(0, area.selectionStart).split('\n').length,
    );
    expect(selected).toBe(line);
    await dashboard.screenshot('configuration-error');
    expect(await dashboard.barriers()).toEqual([]);
    await editor().fill(text.replace('services:', 'servces:'));
    await page.getByText('did you mean').first().waitFor();
    await editor().fill(text);
    await page.getByText('This is what runs.').waitFor();
  });

  it('is edited with the keyboard, and left with it', async () => {
    const { page } = dashboard;
    const text = await openEditor();
    await editor().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Tab');
    expect(await editor().inputValue()).toBe(`  ${text}`);
    await page.keyboard.press('Shift+Tab');
    expect(await editor().inputValue()).toBe(text);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await editor().evaluate('document.activeElement.tagName')).not.toBe('TEXTAREA');
    expect(await editor().inputValue()).toBe(text);
  });

  it('shows what it would change and what moves by it, and is applied after that', async () => {
    const { page } = dashboard;
    const [text, before] = [await openEditor(), await revision()];
    await editor().fill(text.replace('/api', '/v2'));
    await page.getByText('Would change').waitFor();
    await page.getByRole('button', { name: 'Plan' }).click();
    const difference = page.getByRole('region', { name: 'Difference to what runs' });
    await difference.waitFor();
    expect(await difference.innerText()).toMatch(/^- .*\/api$/m);
    expect(await difference.innerText()).toMatch(/^\+ .*\/v2$/m);
    await dialog('Plan')
      .getByText(/move from api to shop, such as GET .*\/api\/users/)
      .waitFor();
    await dashboard.screenshot('plan');
    expect(await dashboard.barriers()).toEqual([]);
    expect(await revision()).toBe(before);
    await page.keyboard.press('Escape');
    await apply('the api has a second version');
    await page.getByText(`Revision ${before + 1} runs.`).waitFor();
    expect(await pathsOf('api')).toEqual(['/v2']);
    await page.getByText('as it runs').waitFor();
  });

  it('is brought back to an earlier revision from the history', async () => {
    const { page } = dashboard;
    const now = await revision();
    await dashboard.open('/configuration/history');
    await page.getByRole('row', { name: new RegExp(`^${now} .*the api has a second version`) }).waitFor();
    await dashboard.screenshot('history');
    expect(await dashboard.barriers()).toEqual([]);
    await page.getByRole('row', { name: new RegExp(`^${now} `) }).click();
    const before = page.getByRole('region', { name: `From revision ${now - 1} to ${now}` });
    await before.getByText('/v2').waitFor();
    await dashboard.open(`/configuration/history/${now - 1}`);
    await page.getByLabel('Compared with').selectOption('current');
    await page.getByRole('region', { name: `From revision ${now} to ${now - 1}` }).waitFor();
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByRole('button', { name: 'Roll back …' }).click();
    await page.getByLabel('Why').fill('it was too early');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `Revision ${now + 1}` }).waitFor();
    await page.getByText(`brings back revision ${now - 1}`).waitFor();
    expect(await pathsOf('api')).toEqual(['/api']);
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('is applied under guard, and stays when it is confirmed', async () => {
    const { page, balancer } = dashboard;
    const text = await openEditor();
    await editor().fill(text.replace('/api', '/guarded'));
    await apply('guarded', async () => {
      await page.getByLabel('Under guard').check();
      await page.getByLabel('Guard for').fill('10m');
    });
    await page.getByRole('timer', { name: 'Time left' }).waitFor();
    await dashboard.screenshot('guard');
    expect(await dashboard.barriers()).toEqual([]);
    await page.getByRole('button', { name: 'Let it stay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let it stay' }).click();
    await page.getByText('stayed', { exact: true }).waitFor();
    expect((await balancer.api<{ guard: object | null }>('GET', '/api/v1/guard')).body.guard).toBeNull();
    expect(await pathsOf('api')).toEqual(['/guarded']);
  });

  it('is not applied over what somebody else changed, and takes that in', async () => {
    const { page, balancer } = dashboard;
    const text = await openEditor();
    await editor().fill(text.replace('/guarded', '/mine'));
    const [id] = await dashboard.allBackends('shop');
    await balancer.api('PATCH', `/api/v1/services/shop/backends/${id}`, { weight: 9 });
    await page.getByText('cannot be applied before').waitFor();
    await apply('too late');
    await page.getByText('nothing was applied').waitFor();
    expect(await pathsOf('api')).toEqual(['/guarded']);
    await page.getByRole('button', { name: 'Take it in' }).click();
    await expect.poll(() => editor().inputValue()).toContain('weight: 9');
    expect(await editor().inputValue()).toContain('/mine');
    await apply('now with both');
    await expect.poll(() => pathsOf('api')).toEqual(['/mine']);
    expect(
      (await balancer.api<{ weight: number }>('GET', `/api/v1/services/shop/backends/${id}`)).body.weight,
    ).toBe(9);
  });

  it('asks before unsaved work is left', async () => {
    const { page } = dashboard;
    const text = await openEditor();
    await editor().fill(`${text}# mine\n`);
    const asked = page.waitForEvent('dialog').then((question) => question.dismiss());
    await Promise.all([asked, page.getByRole('link', { name: 'Logs' }).click()]);
    expect(page.url()).toContain('/configuration');
    expect(await editor().inputValue()).toContain('# mine');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('as it runs').waitFor();
  });

  it('asks before the back button of the browser leaves unsaved work, and leaves when it may', async () => {
    const { page } = dashboard;
    await dashboard.open('/logs');
    await page.getByRole('link', { name: 'Configuration' }).click();
    await editor().waitFor();
    await editor().fill(`${await editor().inputValue()}# mine\n`);
    const goBack = async (answer: 'dismiss' | 'accept') => {
      const asked = page.waitForEvent('dialog').then((question) => question[answer]());
      await Promise.all([asked, page.evaluate('history.back()')]);
    };
    await goBack('dismiss');
    await page.waitForURL('**/configuration');
    expect(await editor().inputValue()).toContain('# mine');
    await goBack('accept');
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    await page.goForward();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('as it runs').waitFor();
  });

  it('fits a phone', async () => {
    const { page } = dashboard;
    await page.setViewportSize(PHONE.viewport!);
    await openEditor();
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('configuration-phone');
    await dashboard.open('/configuration/history');
    await page.getByRole('grid').waitFor();
    expect(await dashboard.overflow()).toBe(0);
  });

  it('breaks no rule of the policy of the page', () => {
    expect(dashboard.complaints.unexpected('412', '422', '400')).toEqual([]);
  });
});

interface HTMLAreaLike {
  readonly value: string;
  readonly selectionStart: number;
}
