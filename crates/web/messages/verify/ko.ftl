# 서비스 틀 안의 확인 페이지.
verify-offline = 이 페이지는 이제 기기에 보관되어 네트워크 없이도 열립니다.
verify-save = 나중에 확인하거나 전해 주려면:
verify-save-file = 파일 하나로 저장
