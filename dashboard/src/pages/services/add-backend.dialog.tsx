import { call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import { Checkbox, Input } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';

/** `path`: of the service, in the API. */
export function AddBackendDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const send = async (form: FormData) => {
    const url = String(form.get('url') ?? '').trim();
    const body = { url, weight: Number(form.get('weight')), backup: form.get('backup') !== null };
    await call('POST', `${path}/backends`, { body });
    invalidate(path);
    toast(`${url} takes requests as soon as its first probe has passed.`);
    onClose();
  };
  return (
    <FormDialog title="Add a backend" verb="Add" noValidate send={send} onClose={onClose}>
      {(error) => (
        <>
          <Input
            label="URL"
            name="url"
            placeholder="http://10.0.0.7:8080"
            autoFocus
            error={problemAt(error, 'url')}
          />
          <Input
            label="Weight"
            name="weight"
            type="number"
            min={0}
            max={1000}
            defaultValue={1}
            error={problemAt(error, 'weight')}
          />
          <Checkbox label="Backup: used only while no other backend is available" name="backup" />
          <p className="muted">
            It takes requests as soon as its first probe has passed. The others then get less.
          </p>
        </>
      )}
    </FormDialog>
  );
}
