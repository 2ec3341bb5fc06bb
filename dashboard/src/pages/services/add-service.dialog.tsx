import { call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import { navigate } from '../../app/router';
import { Input, Select } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';

const ALGORITHMS = [
  'round-robin',
  'weighted-round-robin',
  'least-connections',
  'sticky-round-robin',
] as const;

/** A service with what every one needs; the rest has defaults, and can be set in the configuration. */
export function AddServiceDialog({ onClose }: { onClose: () => void }) {
  const send = async (form: FormData) => {
    const body = definitionOf(form);
    await call('POST', '/api/v1/services', { body });
    invalidate('/api/v1/services');
    toast(`${body.name} serves as soon as a backend has passed its first probe.`);
    onClose();
    navigate(`/services/${encodeURIComponent(body.name)}`);
  };
  return (
    <FormDialog title="Add a service" verb="Add" send={send} onClose={onClose}>
      {(error) => (
        <>
          <Input label="Name" name="name" required autoFocus error={problemAt(error, 'name')} />
          <Input
            label="Hosts"
            name="hosts"
            hint="Separated by spaces, such as shop.example.com *.shop.example.com. Empty: any host."
            error={problemAt(error, 'hosts')}
          />
          <Input
            label="Paths"
            name="paths"
            hint="Separated by spaces. Empty: every path."
            error={problemAt(error, 'paths')}
          />
          <Select label="Algorithm" name="algorithm" error={problemAt(error, 'algorithm')}>
            {ALGORITHMS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
          <Input
            label="Backends"
            name="backends"
            required
            placeholder="http://10.0.0.7:8080"
            hint="URLs, separated by spaces."
            error={problemAt(error, 'backends')}
          />
        </>
      )}
    </FormDialog>
  );
}

function definitionOf(form: FormData) {
  const words = (name: string) =>
    String(form.get(name) ?? '')
      .split(/[\s,]+/)
      .filter(Boolean);
  const [hosts, paths] = [words('hosts'), words('paths')];
  return {
    name: String(form.get('name') ?? '').trim(),
    algorithm: String(form.get('algorithm')),
    backends: words('backends'),
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  };
}
