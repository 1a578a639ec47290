package emulator_test
import ("testing";"os/exec";"storefront/internal/vtt/emulator";"storefront/internal/vtt/emulator/emulatortest")
func TestZ(t *testing.T){ for _,age:=range []string{"current","2016"} { s:=emulatortest.Start(t,func(o *emulator.Options){o.Age=age}); b,err:=exec.Command("/usr/bin/python3","/tmp/emuwork/z.py",s.URL,age).CombinedOutput(); t.Logf("%s\n%v",b,err)} }
