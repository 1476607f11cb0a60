/** Who is signed in here, how they come in, where else they are, and the way out. */
import { words } from '../../messages/all-words.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { ThisDevice } from '../at-hand/this-device.tsx';
import { Reading } from '../at-hand/reading.tsx';
import { MyLine } from '../lines/my-line.tsx';
import { OwnPhone } from '../own-phone/own-phone.tsx';
import { AccessTokens } from './access-tokens.tsx';
import { Memberships } from './memberships.tsx';
import { Passkeys } from './passkeys.tsx';
import { SecondWay } from './second-way.tsx';
import { Sessions } from './sessions.tsx';
import { SignOut } from './sign-out.tsx';
import { YourName } from './your-name.tsx';

export function MeSection() {
  return (
    <SectionPage title={words.you.title} lead={words.you.text}>
      <SignOut />
      <YourName />
      <Memberships />
      <MyLine />
      <OwnPhone />
      <Reading />
      <ThisDevice />
      <Passkeys />
      <SecondWay />
      <Sessions />
      <AccessTokens />
    </SectionPage>
  );
}
